import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { Logger } from '../../observability/logger.ts'

/** Sent by a worker once `/readyz` answers 200. */
export const READY_MESSAGE = 'ready'
/** Sent to a worker whose replacement is ready. */
export const REPLACED_SIGNAL = 'SIGUSR2'

const READY_TIMEOUT_MS = 30_000
/** A worker that exits sooner after its start is restarted with backoff. */
const MIN_UPTIME_MS = 5_000
const BACKOFF_MS = { first: 100, max: 30_000 }
const MAX_EARLY_EXITS = 5

type Options = { readonly size: number; readonly stopTimeoutMs: number; readonly log: Logger }

/** The workers of a primary, which are restarted when they exit. */
export class WorkerPool {
  readonly #options: Options
  readonly #workers = new Map<Worker, 'starting' | 'listening' | 'stopping'>()
  #hasStarted = false
  #isStopping = false
  #earlyExits = 0
  #replacement = Promise.resolve()

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * Starts one worker, which migrates the database, and then the others. If it exits, so does the primary.
   * @returns the port, once the first worker listens
   */
  async start(): Promise<number> {
    const [{ port }] = await once(this.#fork(), 'listening')
    this.#hasStarted = true
    this.#fill()
    return port
  }

  /** Replaces the workers one by one, after a replacement in progress. */
  replaceAll(): void {
    this.#replacement = this.#replacement.then(() => this.#replaceEach())
  }

  /** Sends a signal to every worker, to a starting one once it listens. */
  signal(signal: NodeJS.Signals): void {
    for (const [worker, state] of this.#workers)
      if (state === 'starting') worker.once('listening', () => worker.process.kill(signal))
      else worker.process.kill(signal)
  }

  async close(): Promise<void> {
    this.#isStopping = true
    await Promise.all([...this.#workers.keys()].map((worker) => this.#stop(worker, 'SIGTERM')))
  }

  #fork(): Worker {
    const worker = cluster.fork()
    const startedAt = performance.now()
    this.#workers.set(worker, 'starting')
    worker.once('listening', () => {
      if (this.#workers.get(worker) === 'starting') this.#workers.set(worker, 'listening')
    })
    worker.on('error', (error) => this.#options.log.error(error))
    // Node emits no `exit` for a process that it could not spawn.
    if (worker.process.pid === undefined) setImmediate(() => worker.process.emit('exit', null, null))
    worker.once('exit', (code, signal) => {
      const isExpected = this.#isStopping || this.#workers.get(worker) === 'stopping'
      this.#workers.delete(worker)
      if (isExpected) return this.#fill()
      this.#options.log.error({ worker: worker.id, code, signal }, 'worker exited')
      // The first worker has printed why it cannot start.
      if (!this.#hasStarted) process.exit(code ?? 1)
      this.#restart(performance.now() - startedAt)
    })
    return worker
  }

  #restart(uptimeMs: number): void {
    this.#earlyExits = uptimeMs < MIN_UPTIME_MS ? this.#earlyExits + 1 : 0
    if (this.#earlyExits >= MAX_EARLY_EXITS && this.#workers.size === 0) {
      this.#options.log.fatal('workers exit as soon as they start: the process exits')
      process.exit(1)
    }
    const delayMs = this.#earlyExits === 0 ? 0 : BACKOFF_MS.first * 2 ** (this.#earlyExits - 1)
    setTimeout(() => this.#fill(), Math.min(delayMs, BACKOFF_MS.max))
  }

  #fill(): void {
    const active = [...this.#workers.values()].filter((state) => state !== 'stopping').length
    for (let count = active; !this.#isStopping && count < this.#options.size; count += 1) this.#fork()
  }

  async #replaceEach(): Promise<void> {
    for (const old of [...this.#workers.keys()]) {
      if (this.#isStopping || this.#workers.get(old) !== 'listening') continue
      const next = this.#fork()
      if (!(await becomesReady(next))) {
        this.#options.log.error('rolling restart stopped: the new worker did not become ready')
        return this.#stop(next, 'SIGTERM')
      }
      await this.#stop(old, REPLACED_SIGNAL)
    }
    this.#options.log.info('all workers replaced')
  }

  async #stop(worker: Worker, signal: NodeJS.Signals): Promise<void> {
    if (!this.#workers.has(worker)) return
    this.#workers.set(worker, 'stopping')
    worker.process.kill(signal)
    const timeout = setTimeout(() => {
      this.#options.log.error({ worker: worker.id }, 'worker did not stop in time and was killed')
      worker.process.kill('SIGKILL')
    }, this.#options.stopTimeoutMs)
    await once(worker, 'exit')
    clearTimeout(timeout)
  }
}

const becomesReady = (worker: Worker): Promise<boolean> =>
  new Promise((resolve) => {
    worker.on('message', (message) => message === READY_MESSAGE && resolve(true))
    worker.once('exit', () => resolve(false))
    setTimeout(resolve, READY_TIMEOUT_MS, false)
  })
