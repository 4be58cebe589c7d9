import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where `npm run build:ide` puts the IDE's files. */
export const IDE_BUILD_FOLDER = join(import.meta.dirname, '../../build/ide')

/** What the IDE's page loads; names below the folder, each with its content's hash in it. */
export type IdeAssets = { readonly script: string; readonly styles: readonly string[] }

type Chunk = {
  readonly file: string
  readonly isEntry?: boolean
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

/** What was built, from Vite's manifest; undefined if nothing was. */
export function readIdeAssets(folder: string): IdeAssets | undefined {
  const file = `${folder}/manifest.json`
  if (!existsSync(file)) return undefined
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(file, 'utf8'))
  const entry = Object.values(manifest).find((chunk) => chunk.isEntry)
  return entry && { script: entry.file, styles: [...stylesOf(manifest, entry)] }
}

function stylesOf(manifest: Readonly<Record<string, Chunk>>, entry: Chunk, seen = new Set<Chunk>()) {
  const styles = new Set<string>()
  seen.add(entry)
  for (const name of entry.imports ?? []) {
    const chunk = manifest[name]
    if (chunk && !seen.has(chunk)) for (const style of stylesOf(manifest, chunk, seen)) styles.add(style)
  }
  for (const style of entry.css ?? []) styles.add(style)
  return styles
}
