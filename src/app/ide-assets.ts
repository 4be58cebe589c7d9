import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folder of the IDE's files, written by `npm run build:ide`. */
export const IDE_BUILD_FOLDER = join(import.meta.dirname, '../../build/ide')

/** The files that the IDE's page loads: names relative to the build folder, with a content hash in each. */
export type IdeAssets = { readonly script: string; readonly styles: readonly string[] }

type Chunk = {
  readonly file: string
  readonly isEntry?: boolean
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

/** Reads Vite's manifest. Returns undefined if the IDE is not built. */
export function readIdeAssets(folder: string): IdeAssets | undefined {
  const file = `${folder}/manifest.json`
  if (!existsSync(file)) return undefined
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(file, 'utf8'))
  const entry = Object.values(manifest).find((chunk) => chunk.isEntry)
  return entry && { script: entry.file, styles: [...collectStyles(manifest, entry)] }
}

/** Collects the styles of a chunk after those of its imports, each once. */
function collectStyles(
  manifest: Readonly<Record<string, Chunk>>,
  chunk: Chunk,
  seen = new Set<Chunk>(),
): ReadonlySet<string> {
  const styles = new Set<string>()
  seen.add(chunk)
  for (const name of chunk.imports ?? []) {
    const imported = manifest[name]
    if (imported && !seen.has(imported))
      for (const style of collectStyles(manifest, imported, seen)) styles.add(style)
  }
  for (const style of chunk.css ?? []) styles.add(style)
  return styles
}
