/** What was set as a goal, and what came of it. */
export interface Goal {
  readonly what: string
  readonly goal: string
  readonly measured: string
  readonly met: boolean
}

/** Returns a goal that is met where a value is at most, or below, a bound; both are shown with the same digits. */
export function goalOf(
  what: string,
  value: number,
  [words, bound]: readonly ['at most' | 'under', number],
  { digits = 2, unit = '', beside = '' } = {},
): Goal {
  const met = words === 'under' ? value < bound : value <= bound
  const shown = (number: number) => `${number.toFixed(digits)}${unit}`
  return { what, goal: `${words} ${shown(bound)}`, measured: `${shown(value)}${beside}`, met }
}
