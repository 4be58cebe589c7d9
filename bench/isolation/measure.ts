import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGraphqlClient } from '../../test/support/graphql-client.ts'
import type { ServerProcess } from '../support/server-process.ts'

/** The reads of well-behaved clients, sent at a steady rate however the server responds. */
interface ReadRate {
  readonly perSecond: number
  /** The time within which a read counts as served. */
  readonly deadlineMs: number
}

/** The responses to health checks and well-behaved reads during one phase. */
export interface Phase {
  readonly seconds: number
  readonly healthz: Responses
  readonly readyz: Responses
  /** The reads that were sent in this phase. */
  readonly offered: number
  /** Answered in time. */
  readonly served: number
  /** Answered with an error, or not at all. */
  readonly refused: number
  readonly slowestReadMs: number
}

interface Responses {
  readonly slowestMs: number
  /** 0 without a response. */
  readonly statuses: readonly number[]
}

interface Sample {
  readonly startMs: number
  readonly endMs: number
  readonly status: number
}

/** Few enough that these clients hardly use the CPU that they share with the server. */
const DEFAULT_READS: ReadRate = { perSecond: 200, deadlineMs: 1_000 }
const CONNECTIONS = 64
const TICK_MS = 5
const POLL_PAUSE_MS = 10
const READ = '{ book(id: 1) { title } }'

/**
 * Runs phases one after the other, under the same reads and health checks.
 * @returns what was measured during each
 */
export async function measurePhases<Name extends string>(
  server: ServerProcess,
  token: string,
  phases: Readonly<Record<Name, () => Promise<unknown>>>,
  rate = DEFAULT_READS,
): Promise<Readonly<Record<Name, Phase>>> {
  const stopping = new AbortController()
  const clients = Promise.all([
    sendReads(server, token, rate.perSecond, stopping.signal),
    pollPath(`${server.origin}/healthz`, stopping.signal),
    pollPath(`${server.origin}/readyz`, stopping.signal),
  ])
  const spans: { readonly name: string; readonly start: number; readonly end: number }[] = []
  try {
    for (const [name, run] of Object.entries<() => Promise<unknown>>(phases)) {
      const start = performance.now()
      await run()
      spans.push({ name, start, end: performance.now() })
    }
  } finally {
    stopping.abort()
  }
  const [reads, healthz, readyz] = await clients
  const measured = spans.map(({ name, start, end }) => {
    // A check that is sent before the phase and answered late counts too.
    const isDuring = ({ startMs, endMs }: Sample) => startMs < end && endMs > start
    const sent = reads.filter(({ startMs }) => startMs >= start && startMs < end)
    const phase: Phase = {
      seconds: (end - start) / 1_000,
      healthz: summarize(healthz.filter(isDuring)),
      readyz: summarize(readyz.filter(isDuring)),
      offered: sent.length,
      served: sent.filter((read) => read.status === 200 && durationMs(read) <= rate.deadlineMs).length,
      refused: sent.filter(({ status }) => status !== 200).length,
      slowestReadMs: Math.max(...sent.map(durationMs)),
    }
    return [name, phase]
  })
  return Object.fromEntries(measured)
}

const durationMs = ({ startMs, endMs }: Sample) => endMs - startMs

const summarize = (samples: readonly Sample[]): Responses => ({
  slowestMs: Math.max(...samples.map(durationMs)),
  statuses: samples.map(({ status }) => status),
})

/** Sends reads at a steady rate until the signal, and waits for the responses. */
async function sendReads(
  { url }: ServerProcess,
  token: string,
  perSecond: number,
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const client = createGraphqlClient(url, token, CONNECTIONS)
  const reads: Promise<Sample>[] = []
  async function read(): Promise<Sample> {
    const startMs = performance.now()
    const { status, text } = await client.send(READ)
    // An error of a nullable field leaves the status at 200.
    return { startMs, endMs: performance.now(), status: text.includes('"errors"') ? 0 : status }
  }
  for (const startMs = performance.now(); !signal.aborted; await sleep(TICK_MS)) {
    const dueCount = ((performance.now() - startMs) / 1_000) * perSecond
    while (reads.length < dueCount) reads.push(read())
  }
  const samples = await Promise.all(reads)
  client.close()
  return samples
}

/** Requests a path again and again over a connection of its own, until the signal. */
async function pollPath(url: string, signal: AbortSignal): Promise<readonly Sample[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const samples: Sample[] = []
  for (; !signal.aborted; await sleep(POLL_PAUSE_MS)) {
    const startMs = performance.now()
    const status = await new Promise<number>((resolve) => {
      get(url, { agent }, (response) => {
        response.on('end', () => resolve(response.statusCode ?? 0)).resume()
      }).on('error', () => resolve(0))
    })
    samples.push({ startMs, endMs: performance.now(), status })
  }
  agent.destroy()
  return samples
}
