import { setTimeout as sleep } from 'node:timers/promises'
import { createGraphqlClient } from '../../test/support/graphql-client.ts'
import type { BenchFixture } from '../support/bench-fixture.ts'
import type { ServerProcess } from '../support/server-process.ts'
import type { Phase } from './measure.ts'

export interface IsolationOptions {
  /** Size of the run; the documented one by default. */
  readonly count?: number
}

/** Measures one kind of disturbance. */
export type MeasureDisturbance = (
  fixture: BenchFixture,
  options: IsolationOptions,
) => Promise<readonly Disturbance[]>

/** A disturbance, and what other clients noticed of it. */
export interface Disturbance {
  readonly title: string
  /** The same requests without and with the disturbance. Undefined if the server stops or does not start. */
  readonly phases?: { readonly before: Phase; readonly during: Phase }
  /** The time that the database needs to answer in any case, which `/readyz` may take too. */
  readonly databaseDelayMs?: number
  /** The outcome of the requests that disturb. */
  readonly outcome: string
  /** False if the kind's own goal is missed. */
  readonly isMet?: boolean
}

/** The length of a phase without and with the disturbance. */
export const UNDISTURBED_MS = 3_000
export const DISTURBED_MS = 5_000
/** Rejected clients do not send as fast as they can: the rejections alone are not measured here. */
const PAUSE_MS = 10

/** Sends a query from several clients, again and again until the signal. @returns the statuses */
export async function sendRepeatedly(
  { url }: ServerProcess,
  token: string,
  query: string,
  clients: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const client = createGraphqlClient(url, token, clients)
  const statuses: number[] = []
  async function sendInTurn(): Promise<void> {
    for (; !signal.aborted; await sleep(PAUSE_MS)) statuses.push((await client.send(query)).status)
  }
  await Promise.all(Array.from({ length: clients }, sendInTurn))
  client.close()
  return statuses
}

/** Formats how often each status occurs, such as `200: 31, 503: 2`. */
export function formatStatuses(statuses: readonly number[]): string {
  const groups = [...Map.groupBy(statuses, (status) => status)].sort(([left], [right]) => left - right)
  return groups.map(([status, { length }]) => `${status || 'no response'}: ${length}`).join(', ') || 'none'
}
