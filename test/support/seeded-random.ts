/** A source of chance that is all in its seed (mulberry32). */
export type SeededRandom = {
  integerBelow(limit: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  subset<T>(items: readonly T[], probability: number): T[]
}

export function createSeededRandom(seed: number): SeededRandom {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    integerBelow: below,
    chance: (share) => next() < share,
    pick<T>(items: readonly T[]): T {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
    subset: (items, share) => items.filter(() => next() < share),
  }
}
