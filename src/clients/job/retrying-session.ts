import type { Clock } from '../../lib/clock.ts'
import { createRetry, withRetry } from './retry.ts'
import { type JobSettings, openSession, type SendDocument } from './session.ts'

type Options = {
  /** How long nothing but faults is borne, minutes. */
  readonly giveUpAfterMinutes: number
  readonly dpop?: boolean
  readonly clock: Clock
  readonly abortController: AbortController
  readonly report: (words: string) => void
}

/**
 * A session that tries again while a server is away or has enough, from its first request on.
 * @throws what `openSession` and the pace throw
 */
export async function openRetryingSession(
  settings: JobSettings,
  { giveUpAfterMinutes, dpop = false, clock, abortController, report }: Options,
): Promise<SendDocument> {
  const pace = createRetry({
    clock,
    random: Math.random,
    giveUpAfterMs: giveUpAfterMinutes * 60_000,
    signal: abortController.signal,
    report,
  })
  return withRetry(await pace(() => openSession(settings, { dpop, clock })), pace)
}
