import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Reads a generated secret. Returns undefined if no file is configured or it does not exist yet. */
export const readSecretFile = (file: string | undefined): string | undefined =>
  file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined

/** Writes a generated secret, readable by its owner only. Does nothing if no file is configured. */
export function writeSecretFile(file: string | undefined, text: string): void {
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Renaming is atomic: an interrupted start leaves no partial file.
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
