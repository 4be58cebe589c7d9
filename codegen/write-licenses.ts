import { readFileSync, writeFileSync } from 'node:fs'
import { findLicenseProblem } from './license-rules.ts'

/** Writes docs/licenses.md: what others' work is shipped under. Exits 1 for a licence that nobody has looked at. */
type Locked = { readonly license?: string; readonly dev?: boolean }
type Package = { readonly name: string; readonly licence: string }

const lock: Readonly<Record<string, Locked>> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages

/** What is installed in production. */
const installed: readonly Package[] = Object.entries(lock)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, { license }]) => ({ name: path.replace(/^.*node_modules\//, ''), licence: license ?? 'none' }))

/** What is in the IDE's files; the build says so itself. */
const built: readonly Package[] = [
  ...readFileSync('build/ide/assets/licenses.md', 'utf8').matchAll(/^## (\S+) - \S+ \((.+)\)$/gm),
].map(([, name = '', licence = 'none']) => ({ name, licence }))

function table(packages: readonly Package[]): string {
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort()
  const rows = licences.map((licence) => {
    const names = packages.filter((one) => one.licence === licence).map(({ name }) => name)
    return `| ${licence} | ${[...new Set(names)].sort().join(', ')} |`
  })
  return ['| licence | packages |', '| --- | --- |', ...rows].join('\n')
}

writeFileSync(
  'docs/licenses.md',
  `# Whose work is in it

Written by \`npm run licenses\` from the lock file and from what is in the IDE's files; the licences' texts are in each
package, and for the IDE at \`/ide/assets/licenses.md\`. Which licences may be here, and why, is in \`codegen/license-rules.ts\`.

## Installed in production

${table(installed)}

## In the IDE's files

${table(built)}
`,
)

for (const { name, licence } of [...installed, ...built]) {
  const fault = findLicenseProblem(licence)
  if (fault === undefined) continue
  console.error(`${name}: ${fault}`)
  process.exitCode = 1
}
