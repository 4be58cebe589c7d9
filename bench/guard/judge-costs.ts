/** The cost of one request. It has no times, so that a busy machine counts the same. */
export interface Cost {
  /** Bytes allocated on V8's heap. */
  readonly bytes: number
  /** Calls of JavaScript functions. */
  readonly calls: number
}

/** Costs by the name of the request. */
export type Costs = Readonly<Record<string, Cost>>

export interface Verdict {
  readonly lines: readonly string[]
  readonly failed: boolean
}

/**
 * The allowed growth of each figure. From run to run bytes differ by up to 6 %, and calls by 0.2 %. The narrow bound of
 * calls catches regressions in native code, too: verifying the token of each request adds a quarter of CPU, but only 7 %
 * of calls.
 */
const FIGURES = [
  { key: 'bytes', title: 'bytes allocated', bound: 0.25 },
  { key: 'calls', title: 'functions called', bound: 0.05 },
] as const
const PERCENT = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
})
const RECORD = '`npm run bench -- guard --record`'
const ADVICE =
  'Find the cause with `npm run bench -- http profile`. If the change is worth its cost, ' +
  `record the new figures with ${RECORD} and give the reason in the commit.`

/**
 * Compares each figure with the recorded one. Growth beyond the bound fails, and so does a missing or zero figure on
 * either side. A fall beyond the bound passes with a hint to record it.
 */
export function judgeCosts(recorded: Costs, measured: Costs): Verdict {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(measured)])]
  if (names.length === 0) return { lines: ['FAILED nothing is recorded, and nothing measured'], failed: true }
  const lines = names.flatMap((name) => judgeRequest(name, recorded[name], measured[name]))
  const failed = lines.some((line) => line.startsWith('FAILED'))
  return { lines: [...lines, ...(failed ? [ADVICE] : [])], failed }
}

function judgeRequest(name: string, before: Cost | undefined, now: Cost | undefined): string[] {
  if (!before) return [`FAILED ${name}: not recorded`]
  if (!now) return [`FAILED ${name}: recorded, and no longer measured`]
  return FIGURES.map(({ key, title, bound }) =>
    judgeFigure(`${name}: ${title}`, before[key], now[key], bound),
  )
}

function judgeFigure(title: string, before: number, now: number, bound: number): string {
  const figures = `from ${format(before)} to ${format(now)} a request`
  // NaN and 0 would pass as a fall.
  if (!(before > 0 && now > 0)) return `FAILED ${title}: ${figures} is no measurement`
  const change = `${figures}, ${PERCENT.format(100 * (now / before - 1))} %`
  if (now > before * (1 + bound)) return `FAILED ${title} grew ${change}`
  if (now < before * (1 - bound)) return `ok     ${title} fell ${change}; hold it with ${RECORD}`
  return `ok     ${title} ${change}`
}

const format = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
