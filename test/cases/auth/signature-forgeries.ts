import { createHash } from 'node:crypto'

/** What a signature's number says once the public key has been applied: EMSA-PKCS1-v1_5 (RFC 8017 §9.2) and its fakes. */
type Encode = (signed: string, bytes: number) => Buffer

const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const sha = (name: string, text: string) => createHash(name).update(text).digest()
const info = (hex: string) => Buffer.from(hex, 'hex')
const hashed = (signed: string, prefix = SHA256_INFO) => Buffer.concat([prefix, sha('sha256', signed)])

/** `00 01 FF … FF 00` and what is signed; `after` stands behind it and takes its room from the padding. */
function padded(
  what: Buffer,
  bytes: number,
  { type = 1, fill = 0xff, after = 0, separator = 0 } = {},
): Buffer {
  const padding = Buffer.alloc(bytes - 3 - what.length - after, fill)
  return Buffer.concat([Buffer.from([0, type]), padding, Buffer.from([separator]), what, Buffer.alloc(after)])
}

/** EMSA-PKCS1-v1_5 as it should be. */
export const encodePkcs1: Encode = (signed, bytes) => padded(hashed(signed), bytes)

/** The numbers are permanent. The first is no forgery: it shows that the others fail for what is wrong with them. */
export const SIGNATURE_FORGERIES: readonly (readonly [
  id: string,
  what: string,
  good: boolean,
  encode: Encode,
])[] = [
  ['W01', 'as it should be', true, encodePkcs1],
  [
    'W02',
    'zeros behind the hash (Bleichenbacher, 2006)',
    false,
    (signed, bytes) => padded(hashed(signed), bytes, { after: 32 }),
  ],
  [
    'W03',
    'eight bytes of padding and the rest behind',
    false,
    (signed, bytes) => padded(hashed(signed), bytes, { after: bytes - 11 - 51 }),
  ],
  ['W04', 'a byte behind the hash', false, (signed, bytes) => padded(hashed(signed), bytes, { after: 1 })],
  ['W05', 'padding of zeros', false, (signed, bytes) => padded(hashed(signed), bytes, { fill: 0 })],
  ['W06', 'padding of other bytes', false, (signed, bytes) => padded(hashed(signed), bytes, { fill: 0xfe })],
  [
    'W07',
    'the block type of encryption',
    false,
    (signed, bytes) => padded(hashed(signed), bytes, { type: 2 }),
  ],
  ['W08', 'block type 0', false, (signed, bytes) => padded(hashed(signed), bytes, { type: 0 })],
  [
    'W09',
    'no zero behind the padding',
    false,
    (signed, bytes) => padded(hashed(signed), bytes, { separator: 0xff }),
  ],
  ['W10', 'the hash alone', false, (signed, bytes) => padded(sha('sha256', signed), bytes)],
  [
    'W11',
    'no NULL beside the algorithm',
    false,
    (signed, bytes) => padded(hashed(signed, info('302f300b06096086480165030402010420')), bytes),
  ],
  [
    'W12',
    'a length in long form (BER)',
    false,
    (signed, bytes) => padded(hashed(signed, info('308131300d060960864801650304020105000420')), bytes),
  ],
  [
    'W13',
    'an algorithm with bytes of its own',
    false,
    (signed, bytes) => padded(hashed(signed, info('3035301106096086480165030402010504deadbeef0420')), bytes),
  ],
  [
    'W14',
    'called SHA-1',
    false,
    (signed, bytes) => padded(hashed(signed, info('302d300906052b0e03021a05000420')), bytes),
  ],
  [
    'W15',
    'SHA-1',
    false,
    (signed, bytes) =>
      padded(Buffer.concat([info('3021300906052b0e03021a05000414'), sha('sha1', signed)]), bytes),
  ],
  [
    'W16',
    'SHA-512',
    false,
    (signed, bytes) =>
      padded(Buffer.concat([info('3051300d060960864801650304020305000440'), sha('sha512', signed)]), bytes),
  ],
  [
    'W17',
    'half of the hash',
    false,
    (signed, bytes) =>
      padded(
        Buffer.concat([
          info('3021300d060960864801650304020105000410'),
          sha('sha256', signed).subarray(0, 16),
        ]),
        bytes,
      ),
  ],
  ['W18', 'the hash of nothing', false, (_, bytes) => padded(hashed(''), bytes)],
  ['W19', 'zero', false, (_, bytes) => Buffer.alloc(bytes)],
  ['W20', 'one', false, (_, bytes) => Buffer.concat([Buffer.alloc(bytes - 1), Buffer.from([1])])],
]
