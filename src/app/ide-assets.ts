import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IdeAssets } from '../routes/ide.ts'

/** Folder of the IDE's files, written by `codegen/build-ide.ts`. */
export const IDE_BUILD_FOLDER = join(import.meta.dirname, '../../build/ide')

type Manifest = Readonly<Record<string, { readonly file: string } | undefined>>

/** Reads Vite's manifest. Returns undefined if the IDE is not built. */
export function readIdeAssets(folder: string): IdeAssets | undefined {
  const path = `${folder}/manifest.json`
  if (!existsSync(path)) return undefined
  const manifest: Manifest = JSON.parse(readFileSync(path, 'utf8'))
  const script = manifest['src/clients/ide/main.tsx']
  const style = manifest['style.css']
  return script && style && { script: script.file, style: style.file }
}
