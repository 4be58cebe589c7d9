import { deepStrictEqual } from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Ask } from './ask.ts'
import type { RunningServer } from './child.ts'
import type { RequestRow } from './rows/row.ts'

const TRIES = 10
const PAUSE_MILLISECONDS = 200

/** Sends a row's request with a number; throws where the server answers otherwise than the row expects. */
export async function checkAnswer(
  { origin, row: server }: RunningServer,
  row: RequestRow,
  { path, ...request }: Ask,
  number: number,
): Promise<void> {
  const expected = row.expected(server.name, number)
  const answer = await askPatiently(`${origin}${path}`, request)
  const text = await answer.text()
  const said = `${server.name}, ${row.title}: HTTP ${answer.status} ${text}`
  if (answer.status !== expected.status) throw new Error(said)
  const body = JSON.parse(expected.without?.(text) ?? text)
  if (expected.body !== undefined) deepStrictEqual(body, expected.body, said)
  if (expected.code !== undefined && body?.errors?.[0]?.extensions?.code !== expected.code)
    throw new Error(said)
}

/** A server that was at its limit a moment ago may still say that it has enough. */
async function askPatiently(url: string, request: RequestInit): Promise<Response> {
  for (let tried = 1; ; tried++) {
    const answer = await fetch(url, request)
    if (answer.status !== 503 || tried === TRIES) return answer
    await answer.body?.cancel()
    await wait(PAUSE_MILLISECONDS)
  }
}
