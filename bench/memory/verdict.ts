import { median } from '../http/statistics.ts'

/** Resident memory at a moment, in seconds from the start and MB (10^6 bytes). */
export interface Sample {
  readonly seconds: number
  readonly megabytes: number
}

/** Memory is flat where the last third's median is not above the second third's by more than this. */
const MOST_GROWTH = 1.05
const TENTHS = 10

/** Returns the report as Markdown, and whether memory was flat. Throws where there are too few samples. */
export function verdict(samples: readonly Sample[]): { readonly text: string; readonly flat: boolean } {
  const third = Math.floor(samples.length / 3)
  if (third < 2) throw new Error('too few samples')
  const second = median(samples.slice(third, 2 * third).map(({ megabytes }) => megabytes))
  const last = median(samples.slice(2 * third).map(({ megabytes }) => megabytes))
  const growth = last / second
  const rows = Array.from({ length: TENTHS }, (_, index) => {
    const { seconds = 0, megabytes = 0 } =
      samples[Math.ceil(((index + 1) * samples.length) / TENTHS) - 1] ?? {}
    return `| ${(index + 1) * 10} % | ${seconds.toFixed(0)} | ${megabytes.toFixed(1)} |`
  })
  const slope = slopeOf(samples.slice(third)) * 60
  return {
    flat: growth <= MOST_GROWTH,
    text: [
      '| of the time | s | RSS, MB |',
      '| ---: | ---: | ---: |',
      ...rows,
      '',
      `Slope of the last two thirds: ${slope.toFixed(2)} MB a minute. Median of the second third ${second.toFixed(1)} MB, ` +
        `of the last ${last.toFixed(1)} MB: ${growth.toFixed(3)} of it, at most ${MOST_GROWTH} is flat.`,
    ].join('\n'),
  }
}

/** Least squares, MB a second. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(samples.map(({ seconds }) => seconds))
  const y = mean(samples.map(({ megabytes }) => megabytes))
  const rise = samples.reduce((sum, one) => sum + (one.seconds - x) * (one.megabytes - y), 0)
  const run = samples.reduce((sum, one) => sum + (one.seconds - x) ** 2, 0)
  return rise / run
}
