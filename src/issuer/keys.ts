import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** The issuer's secrets: what it signs tokens and cookies with. */
export type IssuerKeys = { readonly signing: JWK[]; readonly cookies: string[] }

/**
 * Reads the keys, or makes them: RSA 2048, readable by their owner alone. Kept, so that tokens outlive a restart.
 * @param folder where they are kept; undefined keeps them in memory
 */
export async function issuerKeys(folder: string | undefined): Promise<IssuerKeys> {
  const file = folder && join(folder, 'issuer-keys.json')
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as IssuerKeys
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RS256', use: 'sig' }
  const keys = { signing: [jwk], cookies: [randomBytes(32).toString('base64url')] }
  if (folder && file) {
    mkdirSync(folder, { recursive: true })
    // Written beside and renamed: a start that is cut off leaves no half key.
    writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return keys
}
