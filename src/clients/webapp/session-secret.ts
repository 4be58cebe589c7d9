import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readSecretFile, writeSecretFile } from '../../lib/secret-file.ts'

const SECRET_BYTES = 32

/**
 * Reads the secret that was made before, or makes it: readable by its owner alone, so that people stay signed in over
 * a restart.
 * @param folder where it is kept; undefined keeps it in memory
 */
export function loadOrCreateSessionSecret(folder: string | undefined): string {
  const file = folder && join(folder, 'session-secret')
  const known = readSecretFile(file)
  if (known !== undefined) return known.trim()
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  writeSecretFile(file, secret)
  return secret
}
