import { type Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Ask } from './rows.ts'

/** Sends a row's request so many times, and returns once all are answered. Throws at the first answer of another status. */
export type AskMany = (times: number) => Promise<void>

/** A row with a token, ready to be asked over these connections. */
export function createAskMany(agent: Agent, origin: string, row: Ask, token: string): AskMany {
  const body = JSON.stringify({ query: row.query, variables: row.variables })
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    authorization: `Bearer ${token}`,
    'content-length': Buffer.byteLength(body),
  }

  async function ask(): Promise<void> {
    const answered = Promise.withResolvers<IncomingMessage>()
    request(`${origin}/graphql`, { agent, method: 'POST', headers }, answered.resolve)
      .on('error', answered.reject)
      .end(body)
    const answer = await answered.promise
    const said = await text(answer)
    if (answer.statusCode !== row.status) throw new Error(`${row.name}: HTTP ${answer.statusCode} ${said}`)
  }

  return async function askMany(times) {
    let left = times
    async function askInTurn(): Promise<void> {
      while (left > 0) {
        left -= 1
        await ask()
      }
    }
    await Promise.all(Array.from({ length: agent.maxSockets }, askInTurn))
  }
}
