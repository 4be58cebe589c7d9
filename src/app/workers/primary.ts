import type { Config } from '../../config/config.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { IDLE_GRACE_RATIO } from '../../lib/graceful-close.ts'
import { isAuditLogFile } from '../../observability/audit-log.ts'
import { createLogger } from '../../observability/logger.ts'
import { exitOnUncaughtException, shutDownOnSignals } from '../lifecycle.ts'
import { createAggregateMetrics } from './aggregate-metrics.ts'
import { watchDoor } from './listener-handle.ts'
import { reopenOnSignal, replaceOnSignal } from './primary-signals.ts'
import { numbersOfAll } from './primary-state.ts'
import { Ended, fork, type Hand } from './worker-handle.ts'
import { Crew } from './worker-pool.ts'

/** Beyond what a stop in good order may take: so long a worker is waited for. Milliseconds. */
const PATIENCE_MS = 5_000
const FAILED = 1

/**
 * Starts the workers, keeps what they have in common, replaces those that end, and ends with them. Where the first one
 * cannot start this process ends as that one did, which has said why.
 */
export async function startPrimary(config: Config, clock: Clock = systemClock): Promise<void> {
  const log = await createLogger(config)
  exitOnUncaughtException(log)
  const whole = createAggregateMetrics(() => crew.serving)
  const numbers = numbersOfAll(whole, () => crew.hands)
  const leaving = (hand: () => Hand) => ({ leave: () => void crew.replace(hand()) })
  const { drainDelayMs, drainTimeoutMs } = config.http
  const crew = new Crew({
    size: config.workers,
    fork: () => numbers.watched(fork(clock, (hand) => ({ ...numbers.answersTo(hand), ...leaving(hand) }))),
    clock,
    log,
    endMs: 2 * drainTimeoutMs + PATIENCE_MS,
    giveUp() {
      log.fatal('workers end as soon as they start: this process ends')
      process.exit(FAILED)
    },
  })
  // Between two workers there is nothing that would keep this process.
  setInterval(() => undefined, 2 ** 31 - 1)
  const door = watchDoor()
  const announce = () => crew.announce()
  async function close(politely = false) {
    await door.shut(drainTimeoutMs * IDLE_GRACE_RATIO)
    await crew.stop(politely)
  }
  shutDownOnSignals([{ markNotReady: announce, close }], drainDelayMs)
  process.on('exit', () => crew.abandon())
  const started = startOrEnd(crew)
  if (isAuditLogFile(config.auditLog)) reopenOnSignal(crew)
  replaceOnSignal(crew, started)
  const url = await started
  if (url !== undefined) console.log(`API                   ${url}/graphql`)
}

/** @returns undefined where it was told to stop meanwhile */
async function startOrEnd(crew: Crew): Promise<string | undefined> {
  try {
    return await crew.start()
  } catch (error) {
    if (!(error instanceof Ended)) throw error
    if (crew.stopping) return undefined
    if (error.signal !== null) console.error(`The first worker was ended by ${error.signal}.`)
    process.exit(error.code ?? FAILED)
  }
}
