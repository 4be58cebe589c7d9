import { isIP } from 'node:net'
import { z } from 'zod'

export const portSchema = z.coerce.number().int().min(0).max(65_535)
export const positiveIntegerSchema = (max: number) => z.coerce.number().int().min(1).max(max)
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

function isWebUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.password || /[?#]|\/$/.test(text)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))
}
export const webUrlSchema = z
  .string()
  .refine(isWebUrl, 'must be https, or http on loopback, without a query or a slash at the end')

/** A path is a route as it stands: with no letter that a router or a URL takes for something else. */
const PLAIN_PATH = /^https?:\/\/[^/]+(?:\/[\w~-][\w.~-]*)*\/?$/

/** RFC 6749 §3.1.2: no fragment. Okta compares it to the letter, so a bare origin stays bare. */
function isRedirectUri(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && PLAIN_PATH.test(text) && isWebUrl(url.origin) && !url.username && !url.password
}
export const redirectUriSchema = z
  .string()
  .refine(isRedirectUri, 'must be https, or http on loopback, with a plain path and no query')

const SSL_MODES = new Set(['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'])

/** A password's letters that mean something in a URL would make another host or path of it. */
function databaseFault(text: string): string | undefined {
  if (/^file:.+/.test(text)) return undefined
  const url = URL.parse(text)
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol) || url.hostname === '')
    return 'must begin with "file:", or with "postgres://" and name a host'
  if (url.hash !== '' || url.pathname.includes('@') || !isEncoded(text))
    return 'must have what is special in a password percent-encoded, as %23 for #, %25 for %, %2F for / and %40 for @'
  if (!SSL_MODES.has(url.searchParams.get('sslmode') ?? 'disable'))
    return 'must have an sslmode that there is: disable, verify-full or no-verify'
  return undefined
}

function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

export const databaseUrlSchema = z.string().superRefine((text, context) => {
  const message = databaseFault(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== ''
}
export const redisUrlSchema = z
  .string()
  .refine(isRedisUrl, 'must begin with "redis://" or "rediss://" and name a host')

/** An address, or a network as `10.0.0.0/8`. */
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
    'must be IP addresses or networks, as 10.0.0.0/8, with commas between',
  )

/** One setting: what may stand in it, what it is when left out, an example, and what it is for. */
export type Setting = {
  readonly schema: z.ZodType<string | number>
  /** In words, for people; how it is derived where it is not a constant. */
  readonly defaultText: string
  readonly defaultValue?: string
  /** What it is in production, where it differs. */
  readonly productionDefault?: string
  /** Other names that people have it under, as in Okta's examples. */
  readonly aliases?: readonly string[]
  /** Whether nobody may see it: all of it, or what stands in the address beside the server. */
  readonly secret?: 'whole' | 'in the address'
  readonly example: string
  readonly description: string
}

export const durationSetting = (
  defaultMs: number,
  description: string,
  { minMs = 1, maxMs = 600_000 } = {},
): Setting => ({
  schema: z.coerce.number().int().min(minMs).max(maxMs),
  defaultText: String(defaultMs),
  defaultValue: String(defaultMs),
  example: String(defaultMs),
  description: `${description}, milliseconds`,
})

export const integerSetting = (defaultValue: number, max: number, description: string): Setting => ({
  schema: positiveIntegerSchema(max),
  defaultText: String(defaultValue),
  defaultValue: String(defaultValue),
  example: String(defaultValue),
  description,
})
