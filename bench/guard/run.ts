import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Costs, judgeCosts } from './judge-costs.ts'
import { measureCosts } from './measure-costs.ts'

const FILE = join(import.meta.dirname, 'recorded.json')

interface Recorded {
  /** Other versions of Node count slightly differently. */
  readonly node: string
  readonly costs: Costs
}

/** Compares the costs of requests with recorded.json, or records them there first. @returns false when a cost grew */
export async function runGuard({ record = false }: { readonly record?: boolean }): Promise<boolean> {
  const costs = await measureCosts()
  if (record) {
    const content: Recorded = { node: process.version, costs }
    writeFileSync(FILE, `${JSON.stringify(content, null, 2)}\n`)
    console.log(`recorded in ${FILE}`)
  }
  const recorded: Recorded = JSON.parse(readFileSync(FILE, 'utf8'))
  const { lines, failed } = judgeCosts(recorded.costs, costs)
  for (const line of lines) console.log(line)
  if (recorded.node !== process.version)
    console.log(`recorded on Node ${recorded.node}, this is ${process.version}`)
  return !failed
}
