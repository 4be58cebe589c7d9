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

/**
 * Builds the IDE into build/ide, unless it is there already from the same sources. `--again` builds it anyway;
 * `--compare` builds it beside and exits 1 where a byte differs.
 */
const ROOT = join(import.meta.dirname, '..')
const BUILD = join(ROOT, 'build')
const TARGET = join(BUILD, 'ide')
/** What the output depends on. */
const SOURCES = [
  'src/clients/ide',
  'src/clients/challenge.ts',
  'src/scopes',
  'codegen/build-ide.ts',
  'package-lock.json',
]
/** Which sources the files were built from. */
const STAMP = 'sources.sha256'
/** Fonts and what is tiny gain nothing. */
const SMALLEST_COMPRESSED = 1_024

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

function stampOfSources(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(ROOT, source)
    const files = /\.\w+$/.test(source) ? [path] : filesIn(path)
    for (const file of files) hash.update(`${relative(ROOT, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** @returns false where the packages that build are not installed */
async function buildInto(folder: string): Promise<boolean> {
  if (!existsSync(join(ROOT, 'node_modules/vite'))) return false
  const vite = await import('vite')
  await vite.build({
    root: ROOT,
    configFile: false,
    // The page says where its files are: below a proxy's path, perhaps.
    base: './',
    publicDir: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      manifest: 'manifest.json',
      // Whoever opens the page gets copies of other people's work: their notices are to be had where it is.
      license: { fileName: 'assets/licenses.md' },
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: join(ROOT, 'src/clients/ide/main.tsx') },
    },
  })
  for (const file of filesIn(folder)) {
    const content = readFileSync(file)
    const compressed = gzipSync(content, { level: 9 })
    if (content.length >= SMALLEST_COMPRESSED && compressed.length < content.length)
      writeFileSync(`${file}.gz`, compressed)
  }
  return true
}

const beside = () => {
  mkdirSync(BUILD, { recursive: true })
  return mkdtempSync(join(BUILD, '.ide-'))
}

/** Built beside and renamed: who starts meanwhile finds the old files or the new ones, never half of them. */
async function build(stamp: string): Promise<void> {
  const started = performance.now()
  const fresh = beside()
  if (!(await buildInto(fresh))) {
    rmSync(fresh, { recursive: true })
    console.log(
      'IDE: not built, since vite is not installed (npm install --include=dev); the API works without it.',
    )
    return
  }
  writeFileSync(join(fresh, STAMP), stamp)
  // It was made for its maker alone; the server may run as somebody else.
  chmodSync(fresh, 0o755)
  const old = beside()
  if (existsSync(TARGET)) renameSync(TARGET, join(old, 'ide'))
  renameSync(fresh, TARGET)
  rmSync(old, { recursive: true })
  console.log(`IDE: built in ${((performance.now() - started) / 1_000).toFixed(1)} s`)
}

/** Tells of files that another build makes otherwise: what is served must come from these sources and nothing else. */
async function compare(): Promise<void> {
  const other = beside()
  await buildInto(other)
  const names = (folder: string) => filesIn(folder).map((file) => relative(folder, file))
  const differs = (name: string) =>
    !existsSync(join(TARGET, name)) ||
    !existsSync(join(other, name)) ||
    !readFileSync(join(TARGET, name)).equals(readFileSync(join(other, name)))
  const all = new Set([...names(TARGET), ...names(other)])
  const different = [...all].filter((name) => name !== STAMP && differs(name))
  rmSync(other, { recursive: true })
  console.log(`IDE: ${all.size} files, ${different.length} of them different in a second build`)
  for (const name of different) console.error(`  ${name}`)
  if (different.length > 0) process.exitCode = 1
}

const { values } = parseArgs({ options: { again: { type: 'boolean' }, compare: { type: 'boolean' } } })
const stamp = stampOfSources()
const known = join(TARGET, STAMP)
if (values.again || !existsSync(known) || readFileSync(known, 'utf8') !== stamp) await build(stamp)
if (values.compare) await compare()
