import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// Prints a CycloneDX SBOM of the production packages. `npm sbom --omit dev` (npm 11) also omits production packages that
// development packages need, so this filters the full SBOM by the lock file instead.

type Component = { readonly 'bom-ref': string }
type Dependency = { readonly ref: string; readonly dependsOn: readonly string[] }
type Sbom = {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly Dependency[]
}
type LockedPackage = { readonly version?: string; readonly dev?: boolean }

const ARGUMENTS = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
const { stdout, stderr, status } = spawnSync('npm', ARGUMENTS, { encoding: 'utf8', maxBuffer: 100_000_000 })
if (status !== 0) throw new Error(stderr)

const full: Sbom = JSON.parse(stdout)
const lock: Readonly<Record<string, LockedPackage>> = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
).packages
const project = full.metadata.component
const productionRefs = new Set([
  project['bom-ref'],
  ...Object.entries(lock).flatMap(([path, { version, dev }]) =>
    dev ? [] : [`${path.replace(/^.*node_modules\//, '')}@${version}`],
  ),
])
const isProduction = (ref: string) => productionRefs.has(ref)
const production = {
  ...full,
  // npm uses the folder's name.
  metadata: { ...full.metadata, component: { ...project, name: 'fakebook-api' } },
  components: full.components
    .filter((component) => isProduction(component['bom-ref']))
    // npm lists a package once, and its properties may be those of its development copy.
    .map((component) => ({ ...component, properties: [] })),
  dependencies: full.dependencies
    .filter(({ ref }) => isProduction(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isProduction) })),
}
console.log(JSON.stringify(production, null, 2))
