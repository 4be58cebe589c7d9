const MOST_LETTERS = 1_000
const JWT = /eyJ[\w-]*\.[\w-]*(?:\.[\w-]*)*/g
/** Shorter ones are no secrets, and would blot out ordinary words. */
const SHORTEST_SECRET = 4

/** Makes words from elsewhere fit to be printed. */
export type Sanitizer = (text: unknown) => string

/**
 * Takes out of words from elsewhere what steers a terminal or turns text around, what is secret, and what is too long.
 * @param secrets what must never be printed, in whatever encoding it was sent; whoever answers may send it back
 */
export function createSanitizer(secrets: readonly (string | undefined)[]): Sanitizer {
  const hidden = [...new Set(secrets.flatMap((secret) => spellings(secret ?? '')))]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
  return function printable(text) {
    let words = String(text)
    for (const secret of hidden) words = words.replaceAll(secret, '…')
    words = words
      .replace(JWT, 'eyJ…')
      .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim()
    return words.length > MOST_LETTERS ? `${words.slice(0, MOST_LETTERS)}…` : words
  }
}

const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
]
