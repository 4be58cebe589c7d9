import { createBenchFixture } from '../support/bench-fixture.ts'
import { log, markdownTable } from '../support/report.ts'
import {
  type Disturbance,
  formatStatuses,
  type IsolationOptions,
  type MeasureDisturbance,
} from './disturbance.ts'

const MAX_HEALTH_MS = 200
const MIN_READ_RATIO = 0.9

const KINDS: Readonly<Record<string, () => Promise<MeasureDisturbance>>> = {
  search: async () => (await import('./search.ts')).measureSearch,
  locks: async () => (await import('./locks.ts')).measureLocks,
  latency: async () => (await import('./latency.ts')).measureLatency,
  redis: async () => (await import('./redis.ts')).measureRedis,
  sweep: async () => (await import('./sweep.ts')).measureSweep,
  'slow-readers': async () => (await import('./slow-readers.ts')).measureSlowReaders,
}

/**
 * Disturbs the API, and measures the requests of other clients meanwhile.
 * @param kind all kinds if undefined
 * @returns whether all goals are met
 */
export async function runIsolation(kind: string | undefined, options: IsolationOptions): Promise<boolean> {
  const disturbances: Disturbance[] = []
  for (const [name, load] of Object.entries(KINDS)) {
    if (kind !== undefined && kind !== name) continue
    log(name)
    const measure = await load()
    const fixture = await createBenchFixture()
    try {
      disturbances.push(...(await measure(fixture, options)))
    } finally {
      await fixture.close()
    }
  }
  console.log(markdownTable(disturbances.map(tableRow)))
  return disturbances.every(meetsGoals)
}

function tableRow({ title, phases, outcome }: Disturbance) {
  const { before, during } = phases ?? {}
  return {
    disturbance: title,
    'slowest /healthz, ms': during?.healthz.slowestMs.toFixed(0) ?? '–',
    'slowest /readyz, ms': during?.readyz.slowestMs.toFixed(0) ?? '–',
    '/readyz': during ? formatStatuses(during.readyz.statuses) : '–',
    'reads/s without, with it':
      before && during
        ? [before, during].map(({ served, seconds }) => (served / seconds).toFixed(0)).join(', ')
        : '–',
    'share of reads served, with ÷ without': before && during ? readRatio(before, during).toFixed(2) : '–',
    'reads served': during?.served ?? '–',
    refused: during?.refused ?? '–',
    'too late': during ? during.offered - during.served - during.refused : '–',
    'slowest read, ms': during?.slowestReadMs.toFixed(0) ?? '–',
    'the requests that disturb': outcome,
  }
}

type Phases = NonNullable<Disturbance['phases']>

/** Returns the share of reads that are served during a disturbance by that before it. */
const readRatio = (before: Phases['before'], during: Phases['during']) =>
  during.served / during.offered / (before.served / before.offered)

function meetsGoals({ phases, isMet = true, databaseDelayMs = 0 }: Disturbance): boolean {
  if (!phases) return isMet
  const { before, during } = phases
  return (
    isMet &&
    during.healthz.slowestMs < MAX_HEALTH_MS &&
    during.readyz.slowestMs < MAX_HEALTH_MS + databaseDelayMs &&
    [...during.healthz.statuses, ...during.readyz.statuses].every((status) => status === 200) &&
    readRatio(before, during) >= MIN_READ_RATIO
  )
}
