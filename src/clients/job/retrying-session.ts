import type { Clock } from '../../lib/clock.ts'
import { createPace, patient } from './retry.ts'
import { type Ask, type JobSettings, openSession } from './session.ts'

type Options = {
  /** How long nothing but faults is borne, minutes. */
  readonly patience: number
  readonly dpop?: boolean
  readonly clock: Clock
  readonly stop: AbortController
  readonly tell: (words: string) => void
}

/**
 * A session that tries again while a server is away or has enough, from its first request on.
 * @throws what `openSession` and the pace throw
 */
export async function openPatientSession(
  settings: JobSettings,
  { patience, dpop = false, clock, stop, tell }: Options,
): Promise<Ask> {
  const pace = createPace({
    clock,
    random: Math.random,
    patience: patience * 60_000,
    stop: stop.signal,
    tell,
  })
  return patient(await pace(() => openSession(settings, { dpop, clock })), pace)
}
