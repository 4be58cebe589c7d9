/** What one request costs. None of it is a time: a busy machine counts the same. */
export interface Cost {
  /** Bytes that V8 allocates for it. */
  readonly bytes: number
  /** JavaScript functions that are called for it. */
  readonly calls: number
}

/** Costs by the name of the row. */
export type Costs = Readonly<Record<string, Cost>>

export interface Verdict {
  readonly lines: readonly string[]
  readonly failed: boolean
}

/**
 * The share by which a figure may grow. Run after run bytes differ by 6 % at most, and calls by a fifth of a percent:
 * they can be held closer, and must be. A token that is checked anew for each request costs a quarter more CPU, most of
 * it in native code, and a fourteenth more calls.
 */
const BOUNDS = { bytes: 0.25, calls: 0.05 } as const
const WORDS = { bytes: 'bytes allocated', calls: 'functions called' } as const
const PERCENT = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
})
const FIGURES = ['bytes', 'calls'] as const
const RECORD = '`npm run guard -- --record`'
const ADVICE =
  'Find what it is with `npm run bench -- profile`. Where it is worth its cost, ' +
  `record the new figures with ${RECORD} and give the reason in the commit.`

type Judged = { readonly line: string; readonly grew: boolean }

/**
 * Compares each figure with the recorded one. It fails where one grew by more than its bound, where one is nothing
 * at all, and where a row is on one side alone. A fall by more than the bound asks to be recorded, and does not fail.
 */
export function judge(recorded: Costs, measured: Costs): Verdict {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(measured)])]
  if (names.length === 0) return { lines: ['FAILED nothing is recorded, and nothing measured'], failed: true }
  const judged = names.flatMap((name) => judgeRow(name, recorded[name], measured[name]))
  const failed = judged.some(({ grew }) => grew)
  return { lines: [...judged.map(({ line }) => line), ...(failed ? [ADVICE] : [])], failed }
}

function judgeRow(name: string, before: Cost | undefined, now: Cost | undefined): Judged[] {
  if (before === undefined) return [{ line: `FAILED ${name}: not recorded`, grew: true }]
  if (now === undefined) return [{ line: `FAILED ${name}: recorded, and no longer measured`, grew: true }]
  return FIGURES.map((figure) =>
    judgeFigure(`${name}: ${WORDS[figure]}`, before[figure], now[figure], BOUNDS[figure]),
  )
}

function judgeFigure(what: string, before: number, now: number, bound: number): Judged {
  const figures = `from ${amount(before)} to ${amount(now)} a request`
  // Neither a missing number nor a count of nothing is a figure; each would pass for a fall.
  if (!(before > 0 && now > 0)) return { line: `FAILED ${what}: ${figures} is no measurement`, grew: true }
  const change = `${figures}, ${PERCENT.format(100 * (now / before - 1))} %`
  if (now > before * (1 + bound)) return { line: `FAILED ${what} grew ${change}`, grew: true }
  if (now < before * (1 - bound)) {
    return { line: `ok     ${what} fell ${change}; hold it with ${RECORD}`, grew: false }
  }
  return { line: `ok     ${what} ${change}`, grew: false }
}

const amount = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
