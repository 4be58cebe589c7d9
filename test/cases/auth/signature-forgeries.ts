import { createHash } from 'node:crypto'

/** Encodes the message that a signature contains: EMSA-PKCS1-v1_5 (RFC 8017 §9.2), or a forgery of it. */
type Encode = (signingInput: string, bytes: number) => Buffer

const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest()
const fromHex = (hex: string) => Buffer.from(hex, 'hex')
const encodeDigestInfo = (signingInput: string, prefix = SHA256_INFO) =>
  Buffer.concat([prefix, digest('sha256', signingInput)])

/** Pads a message: `00 01 FF … FF 00`, the message, then `after` zero bytes, which shorten the padding. */
function padded(
  message: Buffer,
  bytes: number,
  { type = 1, fill = 0xff, after = 0, separator = 0 } = {},
): Buffer {
  const padding = Buffer.alloc(bytes - 3 - message.length - after, fill)
  return Buffer.concat([
    Buffer.from([0, type]),
    padding,
    Buffer.from([separator]),
    message,
    Buffer.alloc(after),
  ])
}

/** The valid EMSA-PKCS1-v1_5 encoding. */
export const encodePkcs1: Encode = (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes)

type SignatureForgeryCase = {
  readonly id: string
  readonly title: string
  readonly isValid?: boolean
  readonly encode: Encode
}

/** The first is valid: it shows that the others are rejected for their differences. The ids are permanent. */
export const SIGNATURE_FORGERIES: readonly SignatureForgeryCase[] = [
  { id: 'auth/W01', title: 'the valid encoding', isValid: true, encode: encodePkcs1 },
  {
    id: 'auth/W02',
    title: 'zeros after the hash (Bleichenbacher, 2006)',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { after: 32 }),
  },
  {
    id: 'auth/W03',
    title: 'eight bytes of padding, the rest after the hash',
    encode: (signingInput, bytes) =>
      padded(encodeDigestInfo(signingInput), bytes, { after: bytes - 11 - 51 }),
  },
  {
    id: 'auth/W04',
    title: 'a byte after the hash',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { after: 1 }),
  },
  {
    id: 'auth/W05',
    title: 'padding of zeros',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { fill: 0 }),
  },
  {
    id: 'auth/W06',
    title: 'padding of bytes other than FF',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { fill: 0xfe }),
  },
  {
    id: 'auth/W07',
    title: 'the block type of encryption (2)',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { type: 2 }),
  },
  {
    id: 'auth/W08',
    title: 'block type 0',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { type: 0 }),
  },
  {
    id: 'auth/W09',
    title: 'no zero after the padding',
    encode: (signingInput, bytes) => padded(encodeDigestInfo(signingInput), bytes, { separator: 0xff }),
  },
  {
    id: 'auth/W10',
    title: 'the hash without its algorithm',
    encode: (signingInput, bytes) => padded(digest('sha256', signingInput), bytes),
  },
  {
    id: 'auth/W11',
    title: 'no NULL parameter of the algorithm',
    encode: (signingInput, bytes) =>
      padded(encodeDigestInfo(signingInput, fromHex('302f300b06096086480165030402010420')), bytes),
  },
  {
    id: 'auth/W12',
    title: 'a length in long form (BER)',
    encode: (signingInput, bytes) =>
      padded(encodeDigestInfo(signingInput, fromHex('308131300d060960864801650304020105000420')), bytes),
  },
  {
    id: 'auth/W13',
    title: 'an algorithm with other parameters',
    encode: (signingInput, bytes) =>
      padded(
        encodeDigestInfo(signingInput, fromHex('3035301106096086480165030402010504deadbeef0420')),
        bytes,
      ),
  },
  {
    id: 'auth/W14',
    title: 'SHA-256 labelled SHA-1',
    encode: (signingInput, bytes) =>
      padded(encodeDigestInfo(signingInput, fromHex('302d300906052b0e03021a05000420')), bytes),
  },
  {
    id: 'auth/W15',
    title: 'SHA-1',
    encode: (signingInput, bytes) =>
      padded(Buffer.concat([fromHex('3021300906052b0e03021a05000414'), digest('sha1', signingInput)]), bytes),
  },
  {
    id: 'auth/W16',
    title: 'SHA-512',
    encode: (signingInput, bytes) =>
      padded(
        Buffer.concat([fromHex('3051300d060960864801650304020305000440'), digest('sha512', signingInput)]),
        bytes,
      ),
  },
  {
    id: 'auth/W17',
    title: 'half of the hash',
    encode: (signingInput, bytes) =>
      padded(
        Buffer.concat([
          fromHex('3021300d060960864801650304020105000410'),
          digest('sha256', signingInput).subarray(0, 16),
        ]),
        bytes,
      ),
  },
  {
    id: 'auth/W18',
    title: 'the hash of an empty string',
    encode: (_, bytes) => padded(encodeDigestInfo(''), bytes),
  },
  { id: 'auth/W19', title: 'zero', encode: (_, bytes) => Buffer.alloc(bytes) },
  {
    id: 'auth/W20',
    title: 'one',
    encode: (_, bytes) => Buffer.concat([Buffer.alloc(bytes - 1), Buffer.from([1])]),
  },
]
