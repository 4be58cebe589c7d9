import { type RunningServer, startServer } from '../http/child.ts'
import { serverNamed } from '../http/servers.ts'
import { startBenchIssuer } from '../http/token.ts'
import { requestBytes } from './wire.ts'

export type Stage = {
  readonly server: RunningServer
  readonly asks: readonly Ask[]
}

type Ask = {
  readonly name: string
  readonly bytes: Buffer
  /** Whether the goal holds for it. */
  readonly judged: boolean
}

const FIELDS = 'id title author cost numPages'
const BOOKS = 100
/**
 * What is asked: an ordinary page, and what costs the least of all. A refusal is a read, a write and Node's parser; nothing
 * that answers each request can spend less. At three times the peak there are two of them for each answer: of the least
 * that can be asked they take more than a tenth, whatever the server does.
 */
const QUERIES = [
  { name: 'a page of 100 books', query: `{ books(first: ${BOOKS}) { ${FIELDS} } }`, judged: true },
  { name: 'one book by id', query: `{ book(id: 1) { ${FIELDS} } }`, judged: false },
] as const
const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'

/** The real server in a process of its own, its issuer, and what it is asked; all of it ends with what is done there. */
export async function onStage<Result>(act: (stage: Stage) => Promise<Result>): Promise<Result> {
  const issuer = await startBenchIssuer()
  const server = await startServer(serverNamed('ours'), issuer.issuer)
  try {
    const token = await issuer.accessToken(['fakebookapi.read', 'fakebookapi.admin'])
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    await addBooks(`${server.origin}/graphql`, headers)
    const asks = QUERIES.map(({ name, query, judged }) => ({
      name,
      judged,
      bytes: requestBytes('/graphql', headers, JSON.stringify({ query })),
    }))
    return await act({ server, asks })
  } finally {
    await server.stop()
    await issuer.close()
  }
}

async function addBooks(url: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const inputs = Array.from({ length: BOOKS }, (_, i) => ({
    title: `Volume ${i}`,
    author: 'Bench',
    cost: 9.99,
    numPages: 100,
  }))
  const body = JSON.stringify({ query: ADD, variables: { inputs } })
  const answer = await fetch(url, { method: 'POST', headers, body })
  const { errors } = (await answer.json()) as { errors?: unknown }
  if (errors !== undefined) throw new Error(`The books were not added: ${JSON.stringify(errors)}`)
}
