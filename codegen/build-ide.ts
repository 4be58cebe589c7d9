import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

// Builds the IDE into build/ide if its sources have changed.
//   --again    builds it in any case
//   --compare  builds it a second time and exits with 1 if a file differs

const ROOT = join(import.meta.dirname, '..')
const BUILD = join(ROOT, 'build')
const TARGET = join(BUILD, 'ide')
/** The inputs of the build. */
const SOURCES = [
  'src/clients/ide',
  'src/clients/authorization-code.ts',
  'src/clients/challenge.ts',
  'src/scopes',
  'codegen/build-ide.ts',
  'package-lock.json',
]
/** A file in the output with the hash of the inputs. */
const HASH_FILE = 'sources.sha256'
/** Smaller files gain nothing from compression. */
const MIN_COMPRESSED_BYTES = 1_024

const listFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

function hashSources(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(ROOT, source)
    const files = /\.\w+$/.test(source) ? [path] : listFiles(path)
    for (const file of files) hash.update(`${relative(ROOT, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** @returns false if Vite is not installed */
async function buildInto(folder: string): Promise<boolean> {
  if (!existsSync(join(ROOT, 'node_modules/vite'))) return false
  const vite = await import('vite')
  await vite.build({
    root: ROOT,
    configFile: false,
    // Relative URLs, since a proxy may serve the API under a path.
    base: './',
    publicDir: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      manifest: 'manifest.json',
      // Licenses require that their notices are distributed with the files.
      license: { fileName: 'assets/licenses.md' },
      // One style sheet, so that the page does not depend on how Vite splits the script.
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: join(ROOT, 'src/clients/ide/main.tsx') },
    },
  })
  for (const file of listFiles(folder)) {
    const content = readFileSync(file)
    const compressed = gzipSync(content, { level: 9 })
    if (content.length >= MIN_COMPRESSED_BYTES && compressed.length < content.length)
      writeFileSync(`${file}.gz`, compressed)
  }
  return true
}

/** Creates a folder next to the output, on the same file system, so that it can be renamed. */
function createSiblingFolder(): string {
  mkdirSync(BUILD, { recursive: true })
  return mkdtempSync(join(BUILD, '.ide-'))
}

/** Builds into another folder and renames it, so that a server that starts meanwhile never finds a partial build. */
async function build(hash: string): Promise<void> {
  const startedMs = performance.now()
  const folder = createSiblingFolder()
  if (!(await buildInto(folder))) {
    rmSync(folder, { recursive: true })
    console.log(
      'IDE: not built, since Vite is not installed. Run "npm install --include=dev" to build it; the API works without it.',
    )
    return
  }
  writeFileSync(join(folder, HASH_FILE), hash)
  // mkdtemp allows only the current user, but the server may run as another one.
  chmodSync(folder, 0o755)
  const previous = createSiblingFolder()
  if (existsSync(TARGET)) renameSync(TARGET, join(previous, 'ide'))
  renameSync(folder, TARGET)
  rmSync(previous, { recursive: true })
  console.log(`IDE: built in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`)
}

/** Builds a second time and compares the files, so that the served files are known to come from these sources. */
async function compare(): Promise<void> {
  const second = createSiblingFolder()
  await buildInto(second)
  const names = (folder: string) => listFiles(folder).map((file) => relative(folder, file))
  const differs = (name: string) =>
    !existsSync(join(TARGET, name)) ||
    !existsSync(join(second, name)) ||
    !readFileSync(join(TARGET, name)).equals(readFileSync(join(second, name)))
  const all = new Set([...names(TARGET), ...names(second)])
  const different = [...all].filter((name) => name !== HASH_FILE && differs(name))
  rmSync(second, { recursive: true })
  console.log(`IDE: ${different.length} of ${all.size} files differ in a second build`)
  for (const name of different) console.error(`  ${name}`)
  if (different.length > 0) process.exitCode = 1
}

const { values } = parseArgs({ options: { again: { type: 'boolean' }, compare: { type: 'boolean' } } })
const hash = hashSources()
const hashFile = join(TARGET, HASH_FILE)
if (values.again || !existsSync(hashFile) || readFileSync(hashFile, 'utf8') !== hash) await build(hash)
if (values.compare) await compare()
