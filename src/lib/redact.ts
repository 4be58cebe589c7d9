/** What a private key and a signed token begin with. */
const KEY = /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g
const TOKEN = /eyJ[\w.~+=%-]+/g
/** What a secret looks like by what stands in front of it. */
const NAMED: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/\b(Bearer|DPoP|Basic)[ :=]+[\w.~+/=%-]{6,}/gi, '$1 …'],
  [/:\/\/[^\s/@]*@/g, '://…@'],
  [
    /\b((?:access_|refresh_|id_)?token|client_secret|password|code|assertion)(["']?[=:]\s*["']?)[^\s&"',;]+/gi,
    '$1$2…',
  ],
]
/** Sixteen letters or more with digits among them: no word of ours, and no number. */
const LONG_WORD = /[\w~-]{16,}/g
// Not one pattern that looks ahead: what is searched may be as large as a body, and made for it.
const isOpaque = (word: string) => /[A-Za-z]/.test(word) && /\d\D*\d/.test(word)
const withoutOpaque = (text: string) => text.replace(LONG_WORD, (word) => (isOpaque(word) ? '…' : word))

/** Somebody's words as a log may have them: what an error says, and its stack. */
export function redactSecrets(text: string): string {
  return NAMED.reduce((said, [pattern, by]) => said.replace(pattern, by), unsigned(text))
}

const unsigned = (text: string) => text.replace(KEY, '…').replace(TOKEN, '…')

/** What an answer may repeat of what was sent: clients log answers, and so do those in between. */
export const redactForResponse = (text: string) => withoutOpaque(unsigned(text))

const MOST_LETTERS = 200
const MOST_OF_NAME = 64

/** A path as the log may have it, without its query: somebody puts a token there some day. */
export const sanitizePath = (path: string) =>
  withoutOpaque(redactSecrets(path.split(/[?#]/, 1)[0] ?? ''))
    .replace(/[^\x20-\x7e…]/g, '?')
    .slice(0, MOST_LETTERS)

const MOST_NAMES = 1_000
const names = new Map<string, string>()

/**
 * A name that a client chose: letters that break no line and no terminal, and nothing like a token. The same ones come all
 * the time; to look through one takes longer than to serve what it names.
 */
export function sanitizeName(name: string): string {
  const known = names.get(name)
  if (known !== undefined) return known
  const plain = withoutOpaque(redactSecrets(name))
    .replace(/[^\w.:@… -]/g, '?')
    .slice(0, MOST_OF_NAME)
  if (names.size >= MOST_NAMES) names.clear()
  if (name.length <= MOST_OF_NAME) names.set(name, plain)
  return plain
}

/** An id that was verified, and so may be long and have digits: letters that break no line. */
export const sanitizeId = (id: string) => id.replace(/[^\x21-\x7e]/g, '?').slice(0, MOST_LETTERS)
