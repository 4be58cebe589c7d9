import { readFileSync, writeFileSync } from 'node:fs'
import { findLicenseProblem } from './license-rules.ts'

// Writes docs/licenses.md. Exits with 1 if a license is not allowed.

type LockedPackage = { readonly license?: string; readonly dev?: boolean }
type LicensedPackage = { readonly name: string; readonly license: string }

const lock: Readonly<Record<string, LockedPackage>> = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
).packages

const productionPackages: readonly LicensedPackage[] = Object.entries(lock)
  .filter(([path, { dev }]) => path !== '' && !dev)
  .map(([path, { license }]) => ({
    name: path.replace(/^.*node_modules\//, ''),
    license: license ?? 'none',
  }))

/** The packages in the IDE's files, as listed by Vite. */
const idePackages: readonly LicensedPackage[] = [
  ...readFileSync('build/ide/assets/licenses.md', 'utf8').matchAll(/^## (\S+) - \S+ \((.+)\)$/gm),
].map(([, name = '', license = 'none']) => ({ name, license }))

function formatTable(packages: readonly LicensedPackage[]): string {
  const licenses = [...new Set(packages.map(({ license }) => license))].sort()
  const rows = licenses.map((license) => {
    const names = packages.filter((one) => one.license === license).map(({ name }) => name)
    return `| ${license} | ${[...new Set(names)].sort().join(', ')} |`
  })
  return ['| license | packages |', '| --- | --- |', ...rows].join('\n')
}

writeFileSync(
  'docs/licenses.md',
  `# Licenses of third-party packages

Written by \`npm run codegen\` from the lock file and from the IDE's build. The license texts are in each package, and for the
IDE at \`/ide/assets/licenses.md\`. \`codegen/license-rules.ts\` lists the licenses that are allowed.

## Installed in production

${formatTable(productionPackages)}

## Bundled into the IDE

${formatTable(idePackages)}
`,
)

for (const { name, license } of [...productionPackages, ...idePackages]) {
  const problem = findLicenseProblem(license)
  if (problem === undefined) continue
  console.error(`${name}: ${problem}`)
  process.exitCode = 1
}
