import { Agent } from 'node:http'
import { type RunningServer, startServer } from '../http/child.ts'
import { type ServerRow, serverNamed } from '../http/servers.ts'
import { median } from '../http/statistics.ts'
import { type BenchIssuer, startBenchIssuer } from '../http/token.ts'
import { type AskMany, createAskMany } from './ask.ts'
import { type Counters, openCounters } from './counters.ts'
import { freeInspectorPort } from './inspector-port.ts'
import { type Ask, fill, type Row, rows } from './rows.ts'
import type { Cost } from './verdict.ts'

const CONNECTIONS = 4
const WINDOWS = 5
/** Requests of a window, of those of the warm-up; what V8 allocates for itself now and then is little beside theirs. */
const WINDOW = 0.1

/**
 * Starts the real server as production has it, asks it each row over kept connections, and returns what a request of
 * each costs the server. Throws at an answer of another status. Memory outside of V8's heap, loops that call nothing
 * and Node's native code are not counted: CPU is what `npm run bench` measures.
 */
export async function measureCosts(): Promise<Record<string, Cost>> {
  const issuer = await startBenchIssuer()
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const port = await freeInspectorPort()
  let server: RunningServer | undefined
  let counters: Counters | undefined
  try {
    server = await startServer(inspected(port), issuer.issuer)
    counters = await openCounters(port)
    return await countAll(counters, askerOf(agent, server.origin, issuer))
  } finally {
    counters?.close()
    agent.destroy()
    await server?.stop()
    await issuer.close()
  }
}

/** The server that the bench measures, with an inspector; a slow machine must not make it turn requests away. */
function inspected(port: number): ServerRow {
  const ours = serverNamed('ours')
  return {
    ...ours,
    arguments: [`--inspect=127.0.0.1:${port}`, ...ours.arguments],
    environment: { ...ours.environment, LOOP_DELAY_LIMIT: '600000' },
  }
}

function askerOf(agent: Agent, origin: string, issuer: BenchIssuer) {
  return async (row: Ask) => createAskMany(agent, origin, row, await issuer.accessToken(row.scopes))
}

interface Asked {
  readonly row: Row
  readonly ask: AskMany
  /** How many requests are counted together. */
  readonly window: number
}

async function countAll(counters: Counters, askerFor: (row: Ask) => Promise<AskMany>) {
  const addBooks = await askerFor(fill)
  await addBooks(1)
  const asked = await Promise.all(
    rows.map(async (row) => ({ row, ask: await askerFor(row), window: row.warmUp * WINDOW })),
  )
  // All of them: they share most of the code, and what V8 has not optimized yet allocates more.
  for (const { row, ask } of asked) await ask(row.warmUp)
  const bytes = new Map<Row, number>()
  for (const one of asked) bytes.set(one.row, await bytesOf(one, counters))
  const costs: Record<string, Cost> = {}
  // Later than all bytes: to count calls, V8 drops what it has optimized.
  for (const one of asked) {
    costs[one.row.name] = { bytes: bytes.get(one.row) ?? Number.NaN, calls: await callsOf(one, counters) }
  }
  return costs
}

/** The middle of some windows. */
async function bytesOf({ ask, window }: Asked, { allocated }: Counters): Promise<number> {
  const each: number[] = []
  for (let turn = 0; turn < WINDOWS; turn++) {
    const before = await allocated()
    await ask(window)
    each.push(((await allocated()) - before) / window)
  }
  return Math.round(median(each))
}

async function callsOf({ ask, window }: Asked, { calls }: Counters): Promise<number> {
  return Math.round((await calls(() => ask(window))) / window)
}
