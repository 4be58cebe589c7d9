import { isIP } from 'node:net'
import { z } from 'zod'

// Each schema has one message, which completes the sentence "NAME: must …" and never repeats the value.

export function wholeNumberSchema(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(message).int(message).min(min, message).max(max, message)
}

export const portSchema = wholeNumberSchema(0, 65_535)

export const nonEmptySchema = z.string().min(1, 'must not be empty')

export const enumSchema = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(', ')}`)

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

function isWebUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.password || /[?#]|\/$/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname))
}

export const webUrlSchema = z
  .string()
  .refine(isWebUrl, 'must be an https URL, or http on loopback, without a query or a trailing slash')

/** A path without characters that have a meaning in a route pattern or that a URL normalizes. */
const PLAIN_PATH = /^https?:\/\/[^/]+(?:\/[\w~-][\w.~-]*)*\/?$/

/** RFC 6749 §3.1.2: no fragment. Okta compares redirect URIs as strings, so a bare origin stays bare. */
function isRedirectUri(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && PLAIN_PATH.test(text) && isWebUrl(url.origin) && !url.username && !url.password
}

export const redirectUriSchema = z
  .string()
  .refine(isRedirectUri, 'must be an https URL, or http on loopback, with a plain path and no query')

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
    return 'must have a known sslmode: disable, verify-full or no-verify'
  return undefined
}

function isPercentEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

export const databaseUrlSchema = z.string().superRefine((text, context) => {
  const message = databaseUrlError(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
}

export const redisUrlSchema = z
  .string()
  .refine(isRedisUrl, 'must begin with "redis://" or "rediss://" and a host')

/** Accepts an IP address, or a network such as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.trim().split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128))
  )
}

export const networksSchema = z
  .string()
  .refine(
    (text) => text.split(',').every(isNetwork),
    'must be IP addresses or networks such as 10.0.0.0/8, separated by commas',
  )
