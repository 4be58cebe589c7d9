import { createGraphqlClient } from '../../test/support/graphql-client.ts'
import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { apiCommand, withServer } from '../support/server-process.ts'
import { median } from '../support/statistics.ts'
import { openInspectorCounters } from './inspector-counters.ts'
import type { Cost } from './judge-costs.ts'

interface GuardRequest {
  readonly scope: string
  readonly status: number
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Requests before anything is counted; fewer for expensive ones, so that a run takes seconds. */
  readonly warmUp: number
}

const CONNECTIONS = 4
const WINDOWS = 5
/** Requests of a window as a share of the warm-up. Short windows would measure V8's own allocations. */
const WINDOW_SHARE = 0.1
const READ = 'fakebookapi.read'
const ADMIN = 'fakebookapi.admin'
const FIELDS = 'id title author cost numPages'
const PAGE_SIZE = 100
const INPUT = { title: 'A volume', author: 'Bench', cost: 9.99, numPages: 100 }

/** Requests by their name in recorded.json. */
const REQUESTS: Readonly<Record<string, GuardRequest>> = {
  'one book by id': {
    scope: READ,
    status: 200,
    query: `query ($id: ID!) { book(id: $id) { ${FIELDS} } }`,
    variables: { id: '1' },
    warmUp: 2_500,
  },
  'refused for its scopes': {
    scope: READ,
    status: 403,
    query: 'query ($id: ID!) { book(id: $id) { id addedBy } }',
    variables: { id: '1' },
    warmUp: 2_500,
  },
  'a page of 100 books': {
    scope: READ,
    status: 200,
    query: `query ($first: Int!) { books(first: $first) { ${FIELDS} } }`,
    variables: { first: PAGE_SIZE },
    warmUp: 500,
  },
  'one book added': {
    scope: ADMIN,
    status: 200,
    query: 'mutation ($input: AddBookInput!) { addBook(input: $input) { id title } }',
    variables: { input: INPUT },
    warmUp: 2_500,
  },
}

/** Fills a page; sent once, before all others. */
const ADD_PAGE: GuardRequest = {
  scope: ADMIN,
  status: 200,
  query: 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }',
  variables: { inputs: Array(PAGE_SIZE).fill(INPUT) },
  warmUp: 1,
}

/**
 * Starts the API as in production, and returns the cost of each request by name. Not counted are native code, loops that
 * call nothing, and memory outside of V8's heap; `npm run bench -- http` measures those as CPU time.
 */
export function measureCosts(): Promise<Record<string, Cost>> {
  // A slow machine must not shed requests.
  const command = apiCommand({ LOOP_DELAY_LIMIT: '600000' }, ['--inspect=127.0.0.1:0'])
  return withIssuer((issuer) =>
    withServer(command, issuer.url, async ({ url, output }) => {
      const counters = await openInspectorCounters(output())
      const addPage = await createSendMany(url, ADD_PAGE, issuer)
      await addPage(1)
      const measured = []
      for (const [name, request] of Object.entries(REQUESTS)) {
        const sendMany = await createSendMany(url, request, issuer)
        const window = request.warmUp * WINDOW_SHARE
        measured.push({ name, sendMany, warmUp: request.warmUp, window, bytes: 0, calls: 0 })
      }
      // All are warmed up first: they share most of their code, and code that V8 has not optimized allocates more.
      for (const { sendMany, warmUp } of measured) await sendMany(warmUp)
      for (const request of measured) {
        const windows: number[] = []
        for (let turn = 0; turn < WINDOWS; turn++) {
          const before = await counters.allocatedBytes()
          await request.sendMany(request.window)
          windows.push(((await counters.allocatedBytes()) - before) / request.window)
        }
        request.bytes = Math.round(median(windows))
      }
      // Counting calls makes V8 drop optimized code, so that it comes after all bytes.
      for (const request of measured) {
        const calls = await counters.countCalls(() => request.sendMany(request.window))
        request.calls = Math.round(calls / request.window)
      }
      counters.close()
      return Object.fromEntries(measured.map(({ name, bytes, calls }) => [name, { bytes, calls }]))
    }),
  )
}

/** Returns a function that sends a request many times. It throws at the first response with another status. */
async function createSendMany(url: string, request: GuardRequest, issuer: BenchIssuer) {
  const { scope, status, query, variables } = request
  const client = createGraphqlClient(url, await issuer.signToken([scope]), CONNECTIONS)
  return async function sendMany(times: number): Promise<void> {
    let left = times
    async function sendInTurn(): Promise<void> {
      while (left > 0) {
        left -= 1
        const reply = await client.send(query, variables, { accept: 'application/json' })
        if (reply.status !== status) throw new Error(`${query}: HTTP ${reply.status} ${reply.text}`)
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, sendInTurn))
  }
}
