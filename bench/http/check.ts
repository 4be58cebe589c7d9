import { deepStrictEqual } from 'node:assert/strict'
import type { RunningServer } from './child.ts'
import type { Ask } from './load.ts'
import type { RequestRow } from './requests.ts'

/** Asks each server once; throws where one answers otherwise than the row expects. */
export async function checkAnswers(
  servers: readonly RunningServer[],
  row: RequestRow,
  ask: Ask,
): Promise<void> {
  for (const { origin, row: server } of servers) {
    const answer = await fetch(`${origin}/graphql`, { method: 'POST', ...ask })
    const text = await answer.text()
    const asked = `${server.name}, ${row.name}`
    if (answer.status !== row.expected.status) throw new Error(`${asked}: HTTP ${answer.status} ${text}`)
    if (row.expected.body !== undefined) {
      deepStrictEqual(JSON.parse(text), row.expected.body, `${asked}: another answer: ${text}`)
    }
  }
}
