import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchIssuer, withIssuer } from '../support/issuer.ts'
import { readResidentMb } from '../support/process-usage.ts'
import { log, markdownTable } from '../support/report.ts'
import { apiCommand, type ServerProcess, withServer } from '../support/server-process.ts'

export interface ExhaustOptions {
  readonly seconds: number
  /** Limit of V8's old space in MiB, from which the API derives BUFFER_LIMIT. */
  readonly heap: number
}

interface Attack {
  readonly title: string
  readonly connections: number
  /** Bytes that each connection sends. It reads nothing. */
  readonly bytes: (readToken: string) => string
}

/** Upper bound of the resident memory, as a multiple of the limit of V8's old space. */
const MAX_RESIDENT_RATIO = 4
const SAMPLE_MS = 50
/** The steps in which the connections are opened, each before a request of the other client. */
const STEPS = 10
const BODY_BYTES = 262_144
const LONG_TITLES = 100
const MAX_TITLE_LENGTH = 500
const PIPELINED_REQUESTS = 100_000

const post = (body: string, token: string, length = Buffer.byteLength(body)) =>
  `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${token && `Authorization: Bearer ${token}\r\n`}` +
  `Content-Length: ${length}\r\n\r\n${body}`
const aliases = Array.from({ length: 50 }, (_, index) => `a${index}: title`).join(' ')
const LARGE_QUERY = JSON.stringify({ query: `{ books(first: 100) { ${aliases} } }` })

const ATTACKS: readonly Attack[] = [
  {
    title: 'bodies whose last byte is withheld, no token',
    connections: 2_000,
    bytes: () => post('x'.repeat(BODY_BYTES - 1), '', BODY_BYTES),
  },
  {
    title: 'responses of 3.8 MB that are not read',
    connections: 200,
    bytes: (token) => post(LARGE_QUERY, token),
  },
  {
    title: 'pipelined health requests whose responses are not read',
    connections: 16,
    bytes: () => 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(PIPELINED_REQUESTS),
  },
]

/** Attacks APIs with little memory. @returns whether each survives and answers every request of another client */
export async function runExhaust({ seconds, heap }: ExhaustOptions): Promise<boolean> {
  const rows: Awaited<ReturnType<typeof run>>[] = []
  await withIssuer(async (issuer) => {
    for (const attack of ATTACKS) {
      log(attack.title)
      // The client's requests must not be shed for the time that the attack takes.
      const command = apiCommand({ LOOP_DELAY_LIMIT: '60000' }, [`--max-old-space-size=${heap}`])
      rows.push(await withServer(command, issuer.url, (server) => run(server, issuer, attack, seconds)))
    }
  })
  console.log(`V8 may use ${heap} MiB, for ${seconds} s each.\n`)
  console.log(markdownTable(rows))
  return rows.every(
    (row) =>
      row.survived === 'yes' && row['not answered'] === 0 && row['peak MB'] <= MAX_RESIDENT_RATIO * heap,
  )
}

/** Runs an attack. @returns its row of the table */
async function run(server: ServerProcess, issuer: BenchIssuer, attack: Attack, seconds: number) {
  await addLongTitles(server, await issuer.signToken(['fakebookapi.admin']))
  const token = await issuer.signToken(['fakebookapi.read'])
  const sockets: Socket[] = []
  let peakMb = 0
  let answered = 0
  let failed = 0
  const bytes = attack.bytes(token)
  const open = () => {
    const socket = connect(server.port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    socket.write(bytes)
    sockets.push(socket)
  }
  const isRunning = () => server.child.exitCode === null && server.child.signalCode === null
  const end = performance.now() + seconds * 1_000
  while (isRunning() && (performance.now() < end || sockets.length < attack.connections)) {
    for (let i = 0; i < attack.connections / STEPS && sockets.length < attack.connections; i++) open()
    peakMb = Math.max(peakMb, readResidentMb(server.pid) || 0)
    if (await isAnswered(server, token)) answered += 1
    else failed += 1
    await sleep(SAMPLE_MS)
  }
  const survived = isRunning() ? 'yes' : 'no'
  const openCount = await countConnections(server).catch(() => 0)
  for (const socket of sockets) socket.destroy()
  return {
    attack: attack.title,
    survived,
    'peak MB': Math.round(peakMb),
    'open connections at the end': openCount,
    'other client: answered': answered,
    'not answered': failed,
  }
}

/** Returns the number of connections besides those of this client. */
async function countConnections({ origin }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  return Number(/^fakebook_connections (\d+)$/m.exec(text)?.[1]) - 1
}

const send = ({ url }: ServerProcess, token: string, query: string, variables?: object) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(5_000),
  })

const isAnswered = (server: ServerProcess, token: string) =>
  send(server, token, '{ book(id: 1) { title } }').then(
    async (response) => response.status === 200 && (await response.text()).includes('Then There Were None'),
    () => false,
  )

async function addLongTitles(server: ServerProcess, token: string): Promise<void> {
  const mutation = 'mutation Add($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'
  const input = { title: 'ë'.repeat(MAX_TITLE_LENGTH), author: 'Agatha Christie', cost: 1, numPages: 1 }
  const response = await send(server, token, mutation, { inputs: Array(LONG_TITLES).fill(input) })
  if (!response.ok) throw new Error(`The books could not be added: HTTP ${response.status}`)
  await response.text()
}
