import { expect } from '@jest/globals'
import { startApiProcess } from '../cli-process.ts'
import { ADMIN_SCOPE, type HttpReply, postBody, READ_SCOPE, sendRequest } from '../service.ts'
import type { StubIssuer } from '../stub-issuer.ts'

/** Starts the API in a process of its own, with a token that may write. */
export async function startWriter(
  issuer: StubIssuer,
  settings: Record<string, string>,
  wrapperCommand?: readonly string[],
) {
  const api = await startApiProcess({ OKTA_ISSUER: issuer.url, ...settings }, wrapperCommand)
  return { ...api, token: await issuer.signToken({ scp: [READ_SCOPE, ADMIN_SCOPE] }) }
}

type Api = Awaited<ReturnType<typeof startWriter>>

/** The number of books in a batch. */
export const BATCH_SIZE = 100
const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
const inputs = Array.from({ length: BATCH_SIZE }, (_, i) => ({
  title: `${i} ${'x'.repeat(480)}`,
  author: 'y'.repeat(490),
  cost: 1,
  numPages: 1,
}))

export const sendDocument = (api: Api, query: string, variables?: object) =>
  postBody(api.url, JSON.stringify({ query, variables }), api.token)

/** Adds batches until one is rejected. Returns the rejection, and the ids that were acknowledged before it. */
export async function writeUntilRejected(
  api: Api,
  maxBatches = 1_000,
): Promise<{ ids: string[]; rejection: HttpReply | undefined }> {
  const ids: string[] = []
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const reply = await sendDocument(api, ADD, { inputs })
    if (reply.status !== 200) return { ids, rejection: reply }
    for (const { id } of Object(reply.json.data).addBooks as { id: string }[]) ids.push(id)
  }
  return { ids, rejection: undefined }
}

/** Expects a 503 that does not reveal the cause. */
export function expectOutage(reply: HttpReply | undefined): void {
  expect([reply?.status, reply?.headers.get('retry-after')]).toEqual([503, '5'])
  expect(reply?.json.errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
  expect(reply?.text).not.toMatch(/sqlite|disk|full|readonly/i)
}

/** Expects reads, counts and searches to succeed, and the service to be ready. */
export async function expectReadsServed(api: Api): Promise<void> {
  const reply = await sendDocument(
    api,
    '{ book(id: 1) { title } booksConnection(first: 1, filter: { title: "moon" }) { totalCount } }',
  )
  expect([reply.status, reply.json.errors]).toEqual([200, undefined])
  expect((await sendRequest(new URL('/readyz', api.url).href)).status).toBe(200)
}
