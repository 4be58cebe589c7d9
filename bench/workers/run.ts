/**
 * `npm run bench:workers [-- --workers 2 --rounds 5]`: the API with one process and with several, in turn in one run: requests
 * a second and what each costs of CPU, for a read, and for the same with CLIENT_RATE_LIMIT, where each asks the primary. The
 * generator shares the machine's cores and says what it took: the rates are of this machine, and what a
 * request costs says what more cores would do. Exit status: 2 wrong usage.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { childrenOf } from '../drain/children.ts'
import { median } from '../http/statistics.ts'
import { startBenchIssuer } from '../http/token.ts'
import { createCpuReader } from '../http/usage.ts'
import { closedLoop } from '../load/generate.ts'
import { portOf, requestBytes } from '../load/wire.ts'
import { type Copy, startCopy, stopCopy } from '../store/program.ts'

const { values } = parseArgs({
  options: { workers: { type: 'string', default: '2' }, rounds: { type: 'string', default: '5' } },
})
const [workers, rounds] = [Number(values.workers), Number(values.rounds)]
if (![workers, rounds].every((count) => Number.isInteger(count) && count > 0 && count <= 64)) {
  console.error('usage: npm run bench:workers [-- --workers N --rounds N]')
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const CONNECTIONS = 64
const SECONDS = 2
const WARM_SECONDS = 2
const MICROSECONDS = 1_000_000
/** So many that nobody is refused. */
const MANY = '10000000'

type Turn = {
  readonly perSecond: number
  readonly cost: number
  readonly server: number
  readonly generator: number
}
type Side = { readonly name: string; readonly copy: Copy; readonly turns: Turn[] }

const cpuOf = createCpuReader()
/** Of the primary and all workers. */
const cpuOfAll = ({ child }: Copy) =>
  [child.pid ?? 0, ...childrenOf(child.pid ?? 0)].map(cpuOf).reduce((sum, one) => sum + one, 0)

async function turn({ copy }: Side, bytes: Buffer, seconds: number): Promise<Turn> {
  const before = cpuOfAll(copy)
  const load = { port: portOf(new URL(copy.url).origin), bytes, connections: CONNECTIONS, seconds }
  const { perSecond, core } = await closedLoop(load)
  const used = cpuOfAll(copy) - before
  const served = perSecond.get(200) ?? 0
  if (perSecond.size !== 1) throw new Error(`not all were answered with 200: ${[...perSecond.keys()]}`)
  return {
    perSecond: served,
    cost: used / (served * seconds),
    server: used / (seconds * MICROSECONDS),
    generator: core,
  }
}

const issuer = await startBenchIssuer()
const folder = mkdtempSync(join(tmpdir(), 'fakebook-workers-'))
const token = await issuer.accessToken(['fakebookapi.read'])
const body = JSON.stringify({ query: '{ book(id: 1) { id title author cost numPages } }' })
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
const bytes = requestBytes('/graphql', headers, body)

async function side(count: number, settings: Record<string, string>, more: string): Promise<Side> {
  const copy = await startCopy({
    OKTA_ISSUER: issuer.issuer,
    WORKERS: String(count),
    DATABASE_URL: `file:${join(folder, 'books.db')}`,
    LOOP_DELAY_LIMIT: '600000',
    ...settings,
  })
  return { name: `${count}${more}`, copy, turns: [] }
}

const sides = [
  await side(1, {}, ''),
  await side(workers, {}, ''),
  await side(1, { CLIENT_RATE_LIMIT: MANY }, ', counted'),
  await side(workers, { CLIENT_RATE_LIMIT: MANY }, ', counted'),
]
for (const one of sides) await turn(one, bytes, WARM_SECONDS)
for (let round = 0; round < rounds; round += 1)
  for (const one of sides) one.turns.push(await turn(one, bytes, SECONDS))

console.log(
  `One book by id over ${CONNECTIONS} connections; medians of ${rounds} rounds of ${SECONDS} s, in turn.\n`,
)
console.log(
  '| workers | requests/s | CPU µs/request, all processes | cores of the service | of the generator |',
)
console.log('| --- | ---: | ---: | ---: | ---: |')
for (const { name, turns } of sides) {
  const middle = (of: keyof Turn) => median(turns.map((one) => one[of]))
  const cells = [middle('perSecond').toFixed(0), middle('cost').toFixed(0)]
  console.log(
    `| ${name} | ${cells.join(' | ')} | ${middle('server').toFixed(2)} | ${middle('generator').toFixed(2)} |`,
  )
}
for (const { copy } of sides) await stopCopy(copy)
await issuer.close()
rmSync(folder, { recursive: true })
