import cluster from 'node:cluster'
import type { Clock } from '../../lib/clock.ts'
import type { StoppableServer } from '../lifecycle.ts'
import { type Answers, Line } from './message-channel.ts'

/** How a worker is told to end. */
export type Stop = {
  /** Whether idle connections are left open for a while. */
  readonly politely: boolean
}

/** This process as one of many. */
export type Worker = {
  readonly id: number
  readonly line: Line
  /** What the primary may ask from now on. */
  answer(more: Answers): void
}

const STOPPED = 0

/** Whether this process is the one that starts the others. */
export const isPrimary = () => cluster.isPrimary

/** Listens to the primary. */
export function joinPrimary(clock: Clock): Worker {
  const answers: Record<string, (about: unknown) => unknown> = { pulse: () => undefined }
  const line = new Line({
    answers,
    clock,
    send: (message, failed) =>
      void process.send?.(message, undefined, undefined, (error) => error && failed()),
  })
  process.on('message', (message) => line.hear(message))
  // A terminal tells all processes; what comes of it is the primary's to say. So is when a file is opened anew.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined)
  return {
    id: cluster.worker?.id ?? 0,
    line,
    answer: (more) => void Object.assign(answers, more),
  }
}

/**
 * Ends this worker in good order when the primary says so, or is gone. A SIGTERM of its own is the primary's to decide on: it may
 * have had one, too, and else somebody has to take this one's place first.
 * @param lastly what is done when nothing is under way any more; it must not throw
 */
export function stopWhenTold(
  { line, answer }: Worker,
  part: StoppableServer,
  lastly: () => Promise<void>,
): void {
  let stopping = false
  async function stop({ politely }: Stop): Promise<void> {
    if (stopping) return
    stopping = true
    await part.close(politely)
    await lastly()
    process.exit(STOPPED)
  }
  answer({ announce: () => part.markNotReady?.(), stop: (how) => void stop(how as Stop) })
  process.on('SIGTERM', () => {
    line.ask('leave').catch(() => stop({ politely: true }))
  })
  cluster.worker?.on('disconnect', () => {
    // By itself Node ends a worker at once here, with what is under way.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
    line.cut()
    stop({ politely: true })
  })
}
