import { expect } from '@jest/globals'
import { startProgram } from '../cli-process.ts'
import { ADMIN, post, READ, type Reply, send } from '../service.ts'
import type { ScriptedIssuer } from '../stub-issuer.ts'

/** A server in a process of its own, and a token that may write. */
export async function startWriting(
  issuer: ScriptedIssuer,
  settings: Record<string, string>,
  through?: readonly string[],
) {
  const api = await startProgram({ OKTA_ISSUER: issuer.url, ...settings }, through)
  return { ...api, token: await issuer.sign({ scp: [READ, ADMIN] }) }
}

type Api = Awaited<ReturnType<typeof startWriting>>

/** Books in a batch. */
export const BATCH = 100
const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
const inputs = Array.from({ length: BATCH }, (_, i) => ({
  title: `${i} ${'x'.repeat(480)}`,
  author: 'y'.repeat(490),
  cost: 1,
  numPages: 1,
}))

const ask = (api: Api, query: string, variables?: object) =>
  post(api.url, JSON.stringify({ query, variables }), api.token)

/** Adds batches until one is refused. @returns the answer, and the ids that were acknowledged before it */
export async function written(
  api: Api,
  most = 1_000,
): Promise<{ ids: string[]; refused: Reply | undefined }> {
  const ids: string[] = []
  for (let batch = 0; batch < most; batch += 1) {
    const reply = await ask(api, ADD, { inputs })
    if (reply.status !== 200) return { ids, refused: reply }
    for (const { id } of Object(reply.json.data).addBooks as { id: string }[]) ids.push(id)
  }
  return { ids, refused: undefined }
}

/** The answer of a store that cannot be written: it says nothing of what is behind it. */
export function isOutage(reply: Reply | undefined): void {
  expect([reply?.status, reply?.headers.get('retry-after')]).toEqual([503, '5'])
  expect(reply?.json.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
  expect(reply?.text).not.toMatch(/sqlite|disk|full|readonly/i)
}

/** Books, their count and a search are there, and so is the server's word that it can serve. */
export async function readsGoOn(api: Api): Promise<void> {
  const reply = await ask(
    api,
    '{ book(id: 1) { title } booksConnection(first: 1, filter: { title: "moon" }) { totalCount } }',
  )
  expect([reply.status, reply.json.errors]).toEqual([200, undefined])
  expect((await send(new URL('/readyz', api.url).href)).status).toBe(200)
}
