import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SECRET_BYTES = 32

/**
 * Reads the secret that was made before, or makes it: readable by its owner alone, so that people stay signed in over
 * a restart.
 * @param folder where it is kept; undefined keeps it in memory
 */
export function madeSecret(folder: string | undefined): string {
  const file = folder && join(folder, 'session-secret')
  if (file && existsSync(file)) return readFileSync(file, 'utf8').trim()
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  if (folder && file) {
    mkdirSync(folder, { recursive: true })
    // Written beside and renamed: a start that is cut off leaves no half secret.
    writeFileSync(`${file}.new`, secret, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return secret
}
