import { type FetchJwks, type HandedOn, KeySet } from '../../auth/key-set.ts'
import { createMemoryReplayStore } from '../../auth/replay-store.ts'
import type { Config } from '../../config/config.ts'
import type { Clock } from '../../lib/clock.ts'
import { createLocalCounter } from '../../lib/rate-limit.ts'
import type { AggregateMetrics, MetricsSnapshot } from './aggregate-metrics.ts'
import type { Answers } from './message-channel.ts'
import type { Hand } from './worker-handle.ts'

/**
 * The issuer's keys, fetched once for all workers, as often as one process alone would.
 * @param fetchKeys asks the issuer
 * @param told called after each fetch; with the fault, where it was of no use
 */
export function keysForAll(
  { keySet }: Pick<Config, 'keySet'>,
  fetchKeys: FetchJwks,
  clock: Clock,
  told: (fault?: unknown) => void,
): { readonly start: () => void; readonly answer: () => Promise<HandedOn> } {
  let [fetched, document]: [unknown, unknown] = [undefined, undefined]
  let fault: string | undefined
  const keys = new KeySet({
    ...keySet,
    async fetchKeys() {
      fetched = await fetchKeys()
      return fetched
    },
    clock,
    random: Math.random,
    onFetch(error) {
      if (error === undefined) document = fetched
      fault = error === undefined ? undefined : String((error as Error).message)
      told(error)
    },
  })
  return {
    start: () => void keys.start(),
    async answer() {
      await keys.lookAgain()
      return { document, ageMs: keys.ageSeconds * 1_000, fault }
    },
  }
}

/** Which DPoP proofs were there, at whichever worker. */
export function memoryForAll({ dpop }: Config, clock: Clock): Answers {
  const memory = createMemoryReplayStore(clock, dpop.replayStoreLimit)
  return {
    remember(about) {
      const [key, value] = about as readonly [key: string, value: string]
      return memory.putIfAbsent(key, value)
    },
  }
}

/** How often somebody has asked, whichever worker. */
export function countsForAll({ http, clientRequestsPerMinute }: Config, clock: Clock): Answers {
  const counts = {
    address: createLocalCounter('address', http.requestsPerMinute ?? 0, clock),
    client: createLocalCounter('client', clientRequestsPerMinute ?? 0, clock),
  }
  return {
    async count(about) {
      const [name, who] = about as readonly [name: keyof typeof counts, who: string]
      const { consumedPoints, remainingPoints, msBeforeNext } = await counts[name](who)
      return { consumedPoints, remainingPoints, msBeforeNext }
    },
  }
}

/** Gathers the numbers of all workers; one that does not answer counts as it last did, and one that has ended goes on to. */
export function numbersOfAll(whole: AggregateMetrics, hands: () => readonly Hand[]) {
  const latest = new WeakMap<Hand, MetricsSnapshot>()
  const retired = new WeakSet<Hand>()
  async function numbersOf(hand: Hand): Promise<MetricsSnapshot> {
    const told = (await hand.line.ask('numbers').catch(() => undefined)) as MetricsSnapshot | undefined
    if (told) latest.set(hand, told)
    return latest.get(hand) ?? []
  }
  async function text(): Promise<string> {
    const all = await Promise.all(hands().map(async (hand) => ({ hand, numbers: await numbersOf(hand) })))
    // One may have ended while another was waited for: what it counted goes on elsewhere.
    return whole.render(all.flatMap(({ hand, numbers }) => (retired.has(hand) ? [] : [numbers])))
  }
  async function retire(hand: Hand, last: MetricsSnapshot): Promise<void> {
    if (retired.has(hand)) return
    retired.add(hand)
    await whole.addEndedWorker(last)
  }
  return {
    answersTo: (hand: () => Hand): Answers => ({
      metrics: text,
      ended: (last) => retire(hand(), last as MetricsSnapshot),
    }),
    watched(hand: Hand): Hand {
      hand.ended.then(() => retire(hand, latest.get(hand) ?? []))
      return hand
    },
  }
}
