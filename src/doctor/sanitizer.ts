import { unescape as decodePercent } from 'node:querystring'
import { formEncode, formEncodeCredentials } from './probes.ts'
import type { ConfiguredClient, Setup } from './setup.ts'

const MAX_LENGTH = 1_000
const JWT = /eyJ[\w.-]+/g
/** Shorter values are not secrets, and hiding them would damage ordinary words. */
const MIN_SECRET_LENGTH = 4

/**
 * Returns a function that makes text from other servers safe to print: it removes control and formatting characters,
 * secrets and JWTs, and cuts long text.
 * @param secrets values that are hidden in every encoding in which they are sent, since a server may echo them
 */
export function createSanitizer(secrets: readonly string[]) {
  // Longest first, so that a secret inside another one does not leave a part of it.
  const hidden = [...new Set(secrets.flatMap(encodings))]
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length)
  return function sanitize(value: unknown): string {
    let text = String(value)
    for (const secret of hidden) text = text.replaceAll(secret, '…')
    text = text
      .replace(JWT, 'eyJ…')
      .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim()
    return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
  }
}

const encodings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
]

export const collectSecrets = ({ job, webapp, redisUrl = '', databaseUrl }: Setup): readonly string[] => [
  ...[job, webapp.client].flatMap((client) => (client ? clientSecrets(client) : [])),
  ...[redisUrl, databaseUrl].flatMap((text) => {
    const url = URL.parse(text)
    return [decodePercent(url?.password ?? ''), url?.searchParams.get('password') ?? '']
  }),
]

/** `id:secret` is listed too, since its base64 does not contain the base64 of the secret alone. A private key is never sent. */
const clientSecrets = ({ id, secret }: ConfiguredClient) =>
  secret ? [secret, formEncode(secret), `${id}:${secret}`, formEncodeCredentials({ id, secret })] : []
