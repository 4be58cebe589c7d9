const PEM_BLOCK = /-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g
/** A private member of a JWK (RFC 7518 §6). */
const JWK_MEMBER = /("(?:d|p|q|dp|dq|qi|k)"\s*:\s*")[\w-]{16,}/g
/** A JWT, or a part of one. */
const JWT = /eyJ[\w.~+=%-]+/g
const AUTHORIZATION = /\b(Bearer|DPoP|Basic)[ :=]+[\w.~+/=%-]{6,}/gi
const URL_USERINFO = /:\/\/[^\s/@]*@/g
const NAMED_SECRET =
  /\b((?:access_|refresh_|id_)?token|client_secret|password|code|assertion)(["']?[=:]\s*["']?)[^\s&"',;]+/gi
const LONG_WORD = /[\w~-]{16,}/g
const LAST_WORD = /(?<![\w~-])[\w~-]+$/
// Two simple tests, not one pattern with lookahead: the text may be as large as a body and crafted to be slow to match.
const isOpaque = (word: string) => /[A-Za-z]/.test(word) && /\d\D*\d/.test(word)

/** Removes long words that mix letters and at least two digits, as random tokens and keys do. */
const removeOpaqueWords = (text: string) => text.replace(LONG_WORD, (word) => (isOpaque(word) ? '…' : word))

const removeKeysAndTokens = (text: string) => text.replace(PEM_BLOCK, '…').replace(JWT, '…')

/** Removes secrets from a message or a stack trace, for the log. */
export const redactSecrets = (text: string) =>
  removeKeysAndTokens(text)
    .replace(AUTHORIZATION, '$1 …')
    .replace(JWK_MEMBER, '$1…')
    .replace(URL_USERINFO, '://…@')
    .replace(NAMED_SECRET, '$1$2…')

const MAX_MESSAGE_LENGTH = 1_000

/** Removes secrets from text that repeats part of the request, and shortens it: clients and proxies log responses. */
export const redactForResponse = (text: string) => removeOpaqueWords(removeKeysAndTokens(shorten(text)))

/** Shortens before the end of a word: the rest of a token might not look like one. */
function shorten(text: string): string {
  if (text.length <= MAX_MESSAGE_LENGTH) return text
  return `${text.slice(0, MAX_MESSAGE_LENGTH).replace(LAST_WORD, '')}…`
}

const MAX_LENGTH = 200
const MAX_NAME_LENGTH = 64

/** Prepares a path for the log: removes the query string and tokens, and replaces all but visible ASCII by `?`. */
export const sanitizePath = (path: string) =>
  removeOpaqueWords(redactSecrets(path.split(/[?#]/, 1)[0] ?? ''))
    .replace(/[^\x20-\x7e…]/g, '?')
    .slice(0, MAX_LENGTH)

const MAX_CACHED_NAMES = 1_000
const sanitizedNames = new Map<string, string>()

/**
 * Prepares a name that a client chose for the log: removes anything that looks like a token, and replaces everything but
 * ASCII letters, digits, spaces and `_.:@-` by `?`.
 * Results are cached, since the same names come with every request and sanitizing one takes longer than serving it.
 */
export function sanitizeName(name: string): string {
  const cached = sanitizedNames.get(name)
  if (cached !== undefined) return cached
  const sanitized = removeOpaqueWords(redactSecrets(name))
    .replace(/[^\w.:@… -]/g, '?')
    .slice(0, MAX_NAME_LENGTH)
  if (sanitizedNames.size >= MAX_CACHED_NAMES) sanitizedNames.clear()
  if (name.length <= MAX_NAME_LENGTH) sanitizedNames.set(name, sanitized)
  return sanitized
}

/** Prepares an id of a verified token for the log. It may be long and have digits, so it only replaces everything but visible ASCII by `?`. */
export const sanitizeId = (id: string) => id.replace(/[^\x21-\x7e]/g, '?').slice(0, MAX_LENGTH)
