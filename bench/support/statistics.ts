/** Returns the nearest-rank quantile for a share from 0 to 1, or NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Returns the middle value, or the mean of the two middle ones; NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

/** Divides round by round, since both values of a round were measured on the same machine state. */
export function roundRatios(values: readonly number[], divisors: readonly number[]): number[] {
  return values.map((value, round) => value / (divisors[round] ?? Number.NaN))
}

export function medianBy<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return median(items.map(value))
}
