import type { AggregateMetrics, MetricsSnapshot } from '../../observability/metrics/aggregate.ts'
import type { Answers } from './message-channel.ts'
import type { Hand } from './worker-handle.ts'

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
