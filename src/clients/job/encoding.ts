import { isUtf8 } from 'node:buffer'

export const NOT_UTF8_REASON =
  'it is not UTF-8: save the file as UTF-8. (Shown here as Windows-1252 would have it.)'

const MARK = Buffer.of(0xef, 0xbb, 0xbf)
const windows1252 = new TextDecoder('windows-1252')

/** Text for whoever mends it: what is not UTF-8 is most often Windows-1252. */
export const decodeText = (bytes: Buffer) =>
  isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes)

/** Without the mark that some programs write before UTF-8. */
export const stripByteOrderMark = (bytes: Buffer) =>
  bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes

/** The beginning of something, without what would steer a terminal. */
export const excerpt = (text: string, length = 80) => {
  const plain = stripControlCharacters(text).trim()
  return plain.length > length ? `${plain.slice(0, length)}…` : plain
}

/** Words from elsewhere, without what would steer a terminal or end the line. */
export const stripControlCharacters = (text: unknown) => String(text).replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
