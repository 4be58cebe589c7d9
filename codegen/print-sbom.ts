import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Prints what production installs, as CycloneDX. npm's own `--omit dev` (npm 11) leaves out what development needs, too: so
 * npm is asked for everything, and the lock file says what of it is for development alone.
 */
type Component = { readonly 'bom-ref': string }
type Locked = { readonly version?: string; readonly dev?: boolean }
type Dependency = { readonly ref: string; readonly dependsOn: readonly string[] }
type Bill = {
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly Dependency[]
}

const COMMAND = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only']
const { stdout, stderr, status } = spawnSync('npm', COMMAND, { encoding: 'utf8', maxBuffer: 100_000_000 })
if (status !== 0) throw new Error(stderr)

const bill: Bill = JSON.parse(stdout)
const lock: Readonly<Record<string, Locked>> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages
const production = new Set(
  Object.entries(lock).flatMap(([path, { version, dev }]) =>
    dev ? [] : [`${path.replace(/^.*node_modules\//, '')}@${version}`],
  ),
)
const component = bill.metadata.component
production.add(component['bom-ref'])
const here = ({ 'bom-ref': ref }: Component) => production.has(ref)
const shipped = {
  ...bill,
  // npm names it by its folder.
  metadata: { ...bill.metadata, component: { ...component, name: 'fakebook-api' } },
  // What two places of the tree have in common is told of once, perhaps as what development has of it.
  components: bill.components.filter(here).map((one) => ({ ...one, properties: [] })),
  dependencies: bill.dependencies
    .filter(({ ref }) => production.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => production.has(one)) })),
}
console.log(JSON.stringify(shipped, null, 2))
