import type { Config } from '../../config/config.ts'
import { systemClock } from '../../lib/clock.ts'
import { createLogger } from '../../observability/logger.ts'
import { startApiServer } from '../api-server.ts'
import { exitOnUncaughtException } from '../lifecycle.ts'
import { explainListenErrors } from '../start.ts'
import type { MetricsSnapshot } from './aggregate-metrics.ts'
import type { Common } from './shared-state.ts'
import { joinPrimary, stopWhenTold, type Worker } from './worker-process.ts'

/** All workers are asked for their numbers meanwhile. */
const NUMBERS_MS = 3_000

/** One of several processes that serve the API: its own server, and what the primary keeps for all. */
export async function startWorker(config: Config, issuer: string): Promise<void> {
  const worker = joinPrimary(systemClock)
  exitOnUncaughtException((await createLogger(config)).child({ worker: worker.id }))
  let numbers: () => Promise<MetricsSnapshot> = async () => []
  const common = commonOf(worker, (own) => {
    numbers = own
  })
  const api = await explainListenErrors('PORT', () =>
    startApiServer(config, issuer, systemClock, undefined, common),
  )
  stopWhenTold(worker, api, async () => {
    // A primary that is gone counts no more.
    await worker.line.ask('ended', await numbers()).catch(() => undefined)
  })
  worker.line.tell('serving', api.url)
}

function commonOf({ id, line, answer }: Worker, onNumbers: Common['onNumbers']): Common {
  return {
    worker: id,
    metricsText: () => line.ask('metrics', undefined, NUMBERS_MS) as Promise<string>,
    onNumbers(numbers) {
      answer({ numbers })
      onNumbers(numbers)
    },
  }
}
