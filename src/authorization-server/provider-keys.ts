import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import type { JWKS } from 'oidc-provider'
import { ExitError } from '../errors/exit-error.ts'
import { readSecretFile, writeSecretFile } from '../lib/secret-file.ts'

/** The private keys for signing tokens and cookies. */
export type ProviderKeys = { readonly signing: JWKS['keys']; readonly cookies: string[] }

/**
 * Reads the keys of an earlier start, so that its tokens stay valid, or creates them (RSA 2048), readable by their owner only.
 * @param dataFolder undefined keeps the keys in memory
 * @throws ExitError for a damaged file
 */
export async function loadProviderKeys(dataFolder: string | undefined): Promise<ProviderKeys> {
  const file = dataFolder && join(dataFolder, 'issuer-keys.json')
  const stored = readSecretFile(file)
  if (stored !== undefined) return parseProviderKeys(stored, file)
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' }
  const keys = { signing: [jwk], cookies: [randomBytes(32).toString('base64url')] }
  writeSecretFile(file, JSON.stringify(keys))
  return keys
}

function parseProviderKeys(text: string, file: string | undefined): ProviderKeys {
  try {
    return JSON.parse(text)
  } catch {
    // Without the cause: its message quotes the file.
    throw new ExitError(
      `${file} is not valid JSON. Delete it to create new keys: existing tokens then become invalid.`,
    )
  }
}
