// What others' code may do here is written down, and the list is whole.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

test('every package that runs something when it is installed is decided on, with a reason', () => {
  const scripted = new Set(packages.flatMap(([path, one]) => (one.hasInstallScript ? [nameOf(path)] : [])))
  const rows = [...read('docs/supply-chain.md').matchAll(/^\| `(\S+)` \| (yes|no) \| .+ \|$/gm)]
  const told = Object.fromEntries(rows.map(([, name = '', may]) => [name, may === 'yes']))
  expect(told).toEqual(allowScripts)
  expect([...scripted].sort()).toEqual(Object.keys(told).sort())
})

test('every package is held by the hash of its content', () => {
  expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
})

/** A licence as SPDX writes it, and whether it may be here. The numbers are permanent. */
const LICENCES: readonly (readonly [id: string, expression: string, fine: boolean])[] = [
  ['L01', 'MIT', true],
  ['L02', '(MIT OR GPL-3.0)', true],
  ['L03', '(MIT AND BSD-3-Clause)', true],
  ['L04', '(MIT AND GPL-3.0)', false],
  ['L05', 'GPL-3.0', false],
  ['L06', 'AGPL-3.0-only', false],
  ['L07', 'none', false],
  ['L08', 'SEE LICENSE IN LICENSE', false],
  ['L09', '(MIT OR GPL-3.0) AND BSL-1.0', false],
  ['L10', 'MIT AND ISC OR GPL-3.0', false],
  ['L11', 'constructor', false],
]
test.each(LICENCES)('%s %s: %p', (_, expression, fine) => {
  expect(findLicenseProblem(expression) === undefined).toBe(fine)
})

test('the bill of materials has what production installs, and nothing else', () => {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' })
  const { bomFormat, components } = JSON.parse(stdout) as {
    bomFormat: string
    components: { group?: string; name: string; version: string }[]
  }
  expect([status, bomFormat]).toEqual([0, 'CycloneDX'])
  const billed = new Set(
    components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`),
  )
  const production = packages.flatMap(([path, { dev, version }]) =>
    dev ? [] : [`${nameOf(path)}@${version}`],
  )
  expect([...billed].sort()).toEqual([...new Set(production)].sort())
})
