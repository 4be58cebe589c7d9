import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { startNode } from './program.ts'
import type { Stage } from './stage.ts'

const AUTHOR = 'CSV'
const FIRST_ID = 2_000_000_000
const ROWS_A_CHUNK = 1_000

/**
 * Brings a book of each price in by the job's import, and out again by its export.
 * @param url the API's GraphQL endpoint
 * @param price the text of the price that stands in the row with this number
 * @returns how many rows are not to the letter what went in, or not there
 */
export async function csvDifferences(
  stage: Stage,
  url: string,
  count: number,
  price: (row: number) => string,
): Promise<number> {
  const rowOf = (row: number) => `${FIRST_ID + row},t,${AUTHOR},${price(row)},1`
  const [brought, taken] = [stage.newFile('in.csv'), stage.newFile('out.csv')]
  await pipeline(Readable.from(textOf(count, rowOf)), createWriteStream(brought))
  const settings = { OKTA_ISSUER: stage.issuer, API_URL: new URL(url).origin }
  await done(['job', 'import', brought, '--json'], settings)
  await done(['job', 'export', taken, '--author', AUTHOR], settings)
  let [row, same] = [-1, 0]
  for await (const line of createInterface(createReadStream(taken))) {
    if (row >= 0 && line === rowOf(row)) same += 1
    row += 1
  }
  return count - same + Math.abs(row - count)
}

function* textOf(count: number, rowOf: (row: number) => string): Generator<string> {
  yield 'id,title,author,cost,num_pages\n'
  for (let start = 0; start < count; start += ROWS_A_CHUNK) {
    const rows = Array.from({ length: Math.min(ROWS_A_CHUNK, count - start) }, (_, i) => rowOf(start + i))
    yield `${rows.join('\n')}\n`
  }
}

async function done(command: readonly string[], settings: Record<string, string>): Promise<void> {
  const { child, exited } = startNode(command, settings)
  child.stdout?.resume()
  const status = await exited
  if (status !== 0) throw new Error(`${command.slice(0, 2).join(' ')} ended with ${status}`)
}
