import cluster, { type Worker } from 'node:cluster'
import type { Clock } from '../../lib/clock.ts'
import { closeWhatIsLeft } from './connection-handoff.ts'
import { type Answers, Line } from './message-channel.ts'

/** A worker as the primary knows it. */
export type Hand = {
  /** Its number among all that there were; lines of its log have it. */
  readonly id: number
  readonly line: Line
  readonly bornAt: number
  state: 'starting' | 'serving' | 'ending'
  /** How often in a row it did not say that it lives. */
  silent: number
  /** Resolves once it serves, to where; rejects with `Ended` when it ends before. */
  readonly serving: Promise<string>
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
}

/** How a worker ended. */
export class Ended extends Error {
  override readonly name = 'Ended'
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: string | null

  constructor(code: number | null, signal: string | null) {
    super(`a worker ended: ${signal ?? `exit ${code}`}`)
    this.code = code
    this.signal = signal
  }
}

/**
 * Connections come in at the primary, which gives them to the workers in turn: at a restart those that wait are nobody's and
 * go to the next. A port that each worker opens for itself (`reusePort`) loses them with the worker that they hang on, and
 * nobody notices a port that is taken. What that costs is for each connection, not for each request.
 */
function setUp(): void {
  cluster.schedulingPolicy = cluster.SCHED_RR
  // Numbers that JSON does not have: the age of keys that were never there.
  cluster.setupPrimary({ serialization: 'advanced' })
}

/**
 * Starts a worker: this program once more, with the same arguments, settings and standard output.
 * @param answersTo what it may ask, beside saying that it serves
 */
export function fork(clock: Clock, answersTo: (hand: () => Hand) => Answers): Hand {
  setUp()
  const worker = cluster.fork()
  const { promise: serving, resolve, reject } = Promise.withResolvers<string>()
  // Not everybody waits for it.
  serving.catch(() => undefined)
  const line = new Line({
    answers: {
      ...answersTo(() => hand),
      serving(url) {
        if (hand.state === 'starting') hand.state = 'serving'
        resolve(String(url))
      },
    },
    clock,
    send: (message, failed) => void worker.send(message, (error) => error && failed()),
  })
  const hand: Hand = {
    id: worker.id,
    line,
    bornAt: clock.monotonicNow(),
    state: 'starting',
    silent: 0,
    serving,
    ended: endOf(worker),
    kill: (signal) => void worker.process.kill(signal),
  }
  worker.on('message', (message) => {
    hand.silent = 0
    line.hear(message)
  })
  closeWhatIsLeft(worker, hand.ended)
  hand.ended.then((end) => {
    line.cut()
    reject(end)
  })
  return hand
}

const endOf = (worker: Worker) =>
  new Promise<Ended>((resolve) => {
    worker.on('exit', (code, signal) => resolve(new Ended(code, signal)))
    // It could not even be started.
    worker.on('error', () => worker.process.pid === undefined && resolve(new Ended(1, null)))
  })
