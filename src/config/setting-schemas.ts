import { z } from 'zod'
import { isLoopbackUrl } from '../lib/loopback.ts'
import { parsePrivateKey } from '../lib/private-key.ts'

// Each schema has one message, which completes the sentence "NAME: must …" and never repeats the value.

export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(min, message).max(max, message))
}

const RATIO_MESSAGE = 'must be a number from 0 to 1'
export const ratio = z
  .string()
  .regex(/^(?:\d*\.)?\d+$/, RATIO_MESSAGE)
  .transform(Number)
  .pipe(z.number().max(1, RATIO_MESSAGE))

export const oneOf = <const Values extends readonly string[]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

const checkedText = (isValid: (text: string) => boolean, message: string) =>
  z.string().refine(isValid, message)

/** The schema of settings without one of their own: white space around a value is a mistake that is hard to see. */
export const trimmedText = checkedText(
  (text) => text.trim() === text,
  'must not begin or end with white space',
)
export const visibleText = checkedText((text) => /\S/.test(text), 'must not consist of white space')

/** Parses a URL. Returns null for an invalid one and for one with a user name or password. */
function parsePublicUrl(text: string): URL | null {
  const url = URL.parse(text)
  return url?.username === '' && url.password === '' ? url : null
}

/** Accepts a URL only in its normalized spelling: it is stored and compared as it is written. */
function isWebUrl(text: string): boolean {
  const url = parsePublicUrl(text)
  if (!url || /[?#]/.test(text) || (url.href !== text && url.href !== `${text}/`)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url))
}

export const webUrl = checkedText(
  (text) => isWebUrl(text) && !text.endsWith('/'),
  'must be an https URL, or http on loopback, in its normalized spelling, without a query or a trailing slash',
)

/**
 * An issuer, which is compared as it is written. Other vendors' issuers may end in a slash (Auth0, Entra v1), so it is
 * rejected only where it is a known mistake: in the path of an Okta authorization server.
 */
export const issuerUrl = checkedText(
  (text) => isWebUrl(text) && !(text.endsWith('/') && text.includes('/oauth2/')),
  'must be an https URL, or http on loopback, in its normalized spelling, without a query; Okta’s has no trailing slash',
)

/** The name of one top-level claim. It may have dots and slashes, as names that are URLs do. */
export const claimName = checkedText(
  (text) => /^[^\s,]+$/.test(text),
  'must be the name of one claim, without spaces and commas',
)

/** A URL whose path has no characters that have a meaning in a route pattern. */
const URL_WITH_PLAIN_PATH = /^https?:\/\/[^/\s]+(?:\/[\w~-][\w.~-]*)*\/?$/

/** RFC 6749 §3.1.2: no fragment. Okta compares redirect URIs as strings, so a bare origin stays bare. */
export const redirectUri = checkedText(
  (text) => URL_WITH_PLAIN_PATH.test(text) && isWebUrl(text),
  'must be an https URL, or http on loopback, in its normalized spelling, with a plain path and no query',
)

const isEndpoint = (text: string) => /^https?:\/\/[^\s#]+$/.test(text) && parsePublicUrl(text) !== null

export const endpoint = checkedText(
  isEndpoint,
  'must be an http or https URL without credentials and fragment',
)
/** An endpoint to which a path is appended. */
export const baseEndpoint = checkedText(
  (text) => isEndpoint(text) && !text.includes('?'),
  'must be an http or https URL without credentials, query and fragment',
)

function isRedisUrl(text: string): boolean {
  const url = /^rediss?:\/\/\S+$/.test(text) && isPercentEncoded(text) ? URL.parse(text) : null
  return url !== null && url.hostname !== '' && /^\/?\d*$/.test(url.pathname)
}

export const redisUrl = checkedText(
  isRedisUrl,
  'must begin with "redis://" or "rediss://" and a host, may end with the number of a database, and must have special characters of the password percent-encoded',
)

const SSL_MODES = new Set(['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'])

/** Returns the error of a database URL. Unencoded characters of a password would change the host or the path. */
function databaseUrlError(text: string): string | undefined {
  if (/^file:.+/.test(text)) return undefined
  const url = URL.parse(text)
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '')
    return 'must begin with "file:", or with "postgres://" and a host'
  if (url.hash !== '' || url.pathname.includes('@') || !isPercentEncoded(text))
    return 'must have special characters of the password percent-encoded: %23 for #, %25 for %, %2F for / and %40 for @'
  if (!SSL_MODES.has(url.searchParams.get('sslmode') ?? 'disable'))
    return `must have a known sslmode: ${[...SSL_MODES].join(', ')}`
  return undefined
}

function isPercentEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

export const databaseUrl = z.string().superRefine((text, context) => {
  const message = databaseUrlError(text)
  if (message !== undefined) context.addIssue(message)
})

const networkSchema = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** A network of most addresses, or of IPv4 addresses in the notation of IPv6, which may be all of them. */
const WIDE_NETWORK = /\/[0-6]$|^::ffff:.*\//i

/** Accepts an IP address, or a network such as `10.0.0.0/8`. */
const isNetwork = (text: string) => networkSchema.safeParse(text).success && !WIDE_NETWORK.test(text)

export const networks = checkedText(
  (text) => text.split(',').every((network) => isNetwork(network.trim())),
  'must be IP addresses or networks such as 10.0.0.0/8, separated by commas',
)

export const splitList = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

export const sessionSecrets = checkedText(
  (text) => text.split(',').every((secret) => secret.trim().length >= 32),
  'must have at least 32 characters; several secrets are separated by commas, and each must have as many',
)

export const privateKey = z.string().superRefine((text, context) => {
  try {
    parsePrivateKey(text)
  } catch (error) {
    context.addIssue((error as Error).message)
  }
})

export const keyValueList = checkedText(
  (text) => isPercentEncoded(text) && splitList(text).every((item) => /^[^=]+=/.test(item)),
  'must be a list such as a=1,b=2 with percent-encoded values',
)

/** Parses an OpenTelemetry key-value list such as `a=1,b=2`; values are percent-encoded (W3C Baggage §3.2.1). */
export const parseKeyValueList = (text = ''): Readonly<Record<string, string>> =>
  Object.fromEntries(
    splitList(text).map((item) => {
      const [name = '', ...value] = item.split('=')
      return [name.trim(), decodeURIComponent(value.join('=').trim())]
    }),
  )
