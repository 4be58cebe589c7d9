import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** What was kept there before; undefined where there is no such file, or none is meant. */
export const readSecretFile = (file: string | undefined): string | undefined =>
  file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined

/** Keeps it for its owner's eyes alone; nothing where no file is meant. */
export function writeSecretFile(file: string | undefined, text: string): void {
  if (file === undefined) return
  mkdirSync(dirname(file), { recursive: true })
  // Written beside and renamed: a start that is cut off leaves no half of it.
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
