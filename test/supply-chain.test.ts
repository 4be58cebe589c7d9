// Checks the third-party packages: install scripts, hashes, licenses and the SBOM.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'
import { findLicenseProblem } from '../codegen/license-rules.ts'

type Locked = {
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly dev?: boolean
  readonly version?: string
}

const ROOT = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const { allowScripts } = JSON.parse(read('package.json'))
const packages = Object.entries<Locked>(JSON.parse(read('package-lock.json')).packages).filter(
  ([path]) => path,
)
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '')

test('docs/supply-chain.md decides on every package with an install script', () => {
  const withScript = new Set(packages.flatMap(([path, one]) => (one.hasInstallScript ? [nameOf(path)] : [])))
  const rows = [...read('docs/supply-chain.md').matchAll(/^\| `(\S+)` \| (yes|no) \| .+ \|$/gm)]
  const documented = Object.fromEntries(rows.map(([, name = '', allowed]) => [name, allowed === 'yes']))
  expect(documented).toEqual(allowScripts)
  expect([...withScript].sort()).toEqual(Object.keys(documented).sort())
})

test('the lock file has a SHA-512 hash for every package', () => {
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
})

/** SPDX license expressions. Ids never change. */
const LICENSES = [
  { id: 'licenses/L01', expression: 'MIT', isAllowed: true },
  { id: 'licenses/L02', expression: '(MIT OR GPL-3.0)', isAllowed: true },
  { id: 'licenses/L03', expression: '(MIT AND BSD-3-Clause)', isAllowed: true },
  { id: 'licenses/L04', expression: '(MIT AND GPL-3.0)', isAllowed: false },
  { id: 'licenses/L05', expression: 'GPL-3.0', isAllowed: false },
  { id: 'licenses/L06', expression: 'AGPL-3.0-only', isAllowed: false },
  { id: 'licenses/L07', expression: 'none', isAllowed: false },
  { id: 'licenses/L08', expression: 'SEE LICENSE IN LICENSE', isAllowed: false },
  { id: 'licenses/L09', expression: '(MIT OR GPL-3.0) AND BSL-1.0', isAllowed: false },
  { id: 'licenses/L10', expression: 'MIT AND ISC OR GPL-3.0', isAllowed: false },
  { id: 'licenses/L11', expression: 'constructor', isAllowed: false },
]
test.each(LICENSES)('$id $expression: allowed is $isAllowed', ({ expression, isAllowed }) => {
  expect(findLicenseProblem(expression) === undefined).toBe(isAllowed)
})

test('the SBOM lists exactly the production packages', () => {
  const { status, stdout } = spawnSync(process.execPath, ['codegen/print-sbom.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string
    components: { group?: string; name: string; version: string }[]
  }
  expect([status, bomFormat]).toEqual([0, 'CycloneDX'])
  const listed = new Set(
    components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  )
  const production = packages.flatMap(([path, { dev, version }]) =>
    dev ? [] : [`${nameOf(path)}@${version}`],
  )
  expect([...listed].sort()).toEqual([...new Set(production)].sort())
})

/** Answers of the registry to npm's request for an audit. Ids never change. */
const AUDITS = [
  { id: 'audit/A01', title: '200', answer: 200, status: 0, output: /^0 known vulnerabilities/ },
  { id: 'audit/A02', title: '404', answer: 404, status: 0, output: /^NOT CHECKED/ },
  { id: 'audit/A03', title: '405', answer: 405, status: 0, output: /^NOT CHECKED/ },
  { id: 'audit/A04', title: '503', answer: 503, status: 1, output: /^npm audit failed: 503/ },
  {
    id: 'audit/A05',
    title: 'nothing',
    answer: undefined,
    status: 1,
    output: /^npm audit failed: request to/,
  },
]
test.each(AUDITS)('$id the audit exits with $status when the registry answers $title', async (row) => {
  const registry = createServer((request, response) => {
    if (row.answer === undefined) request.socket.destroy()
    else response.writeHead(row.answer, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(registry, 'listening')
  const { port } = registry.address() as { port: number }
  const audit = spawn(process.execPath, ['codegen/audit-production.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_fetch_retries: '0',
    },
  })
  const [[status], stdout, stderr] = await Promise.all([
    once(audit, 'close'),
    text(audit.stdout),
    text(audit.stderr),
  ])
  registry.close()
  expect([status, stdout + stderr]).toEqual([row.status, expect.stringMatching(row.output)])
})
