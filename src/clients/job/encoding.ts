import { isUtf8 } from 'node:buffer'

const EXCERPT_LENGTH = 80
const windows1252 = new TextDecoder('windows-1252')

/** Decodes text for display: what is not UTF-8 is most often Windows-1252. */
export const decodeText = (bytes: Buffer) =>
  isUtf8(bytes) ? bytes.toString('utf8') : windows1252.decode(bytes)

/** Returns the beginning of a text without control characters. */
export function excerpt(text: string): string {
  const plain = stripControlCharacters(text).trim()
  return plain.length > EXCERPT_LENGTH ? `${plain.slice(0, EXCERPT_LENGTH)}…` : plain
}

/** Replaces control characters and line breaks, which could change the terminal or forge log lines. */
export const stripControlCharacters = (text: unknown) =>
  String(text).replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ')
