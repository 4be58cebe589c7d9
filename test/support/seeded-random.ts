/** A pseudorandom generator. */
export type SeededRandom = {
  integerBelow(limit: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  subset<T>(items: readonly T[], probability: number): T[]
}

/** Creates a generator whose results depend on the seed only (mulberry32). */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integerBelow = (limit: number) => Math.floor(next() * limit)
  return {
    integerBelow,
    chance: (probability) => next() < probability,
    pick<T>(items: readonly T[]): T {
      const item = items[integerBelow(items.length)]
      if (item === undefined) throw new Error('cannot pick from an empty list')
      return item
    },
    subset: (items, probability) => items.filter(() => next() < probability),
  }
}
