import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { readSecretFile, writeSecretFile } from '../lib/secret-file.ts'

/** The issuer's secrets: what it signs tokens and cookies with. */
export type ProviderKeys = { readonly signing: JWK[]; readonly cookies: string[] }

/**
 * Reads the keys, or makes them: RSA 2048, readable by their owner alone. Kept, so that tokens outlive a restart.
 * @param folder where they are kept; undefined keeps them in memory
 */
export async function loadProviderKeys(folder: string | undefined): Promise<ProviderKeys> {
  const file = folder && join(folder, 'issuer-keys.json')
  const known = readSecretFile(file)
  if (known !== undefined) return JSON.parse(known) as ProviderKeys
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' }
  const keys = { signing: [jwk], cookies: [randomBytes(32).toString('base64url')] }
  writeSecretFile(file, JSON.stringify(keys))
  return keys
}
