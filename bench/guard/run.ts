/**
 * `npm run guard [-- --record]`: whether a request costs what is recorded in recorded.json, or, with `--record`, writes
 * there what it costs now. Exit status: 0 as recorded or recorded, 1 dearer or failed, 2 wrong usage.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureCosts } from './measure.ts'
import { type Costs, judge } from './verdict.ts'

const FILE = join(import.meta.dirname, 'recorded.json')

interface Recorded {
  /** Another Node counts a little differently. */
  readonly node: string
  readonly costs: Costs
}

function fail(status: 1 | 2, fault: unknown): never {
  console.error(`guard: ${status === 1 && fault instanceof Error ? fault.stack : String(fault)}`)
  process.exit(status)
}

function wantsRecord(): boolean {
  try {
    return parseArgs({ options: { record: { type: 'boolean', default: false } } }).values.record
  } catch (fault) {
    fail(2, fault)
  }
}

function record(costs: Costs): void {
  const recorded: Recorded = { node: process.version, costs }
  writeFileSync(FILE, `${JSON.stringify(recorded, null, 2)}\n`)
  console.log(`recorded in ${FILE}`)
}

function compare(costs: Costs): void {
  const recorded: Recorded = JSON.parse(readFileSync(FILE, 'utf8'))
  const { lines, failed } = judge(recorded.costs, costs)
  for (const line of lines) console.log(line)
  if (recorded.node !== process.version)
    console.log(`recorded on Node ${recorded.node}, this is ${process.version}`)
  if (failed) process.exitCode = 1
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const recording = wantsRecord()
try {
  const costs = await measureCosts()
  if (recording) record(costs)
  compare(costs)
} catch (fault) {
  fail(1, fault)
}
