/**
 * `npm run bench:memory [-- --minutes 10 --connections 4 --heap 256]`: whether our server's memory stays flat at peak load. The
 * report goes to stdout as Markdown, all else to stderr. Exit status: 0 flat, 1 it grows or failed, 2 wrong usage. Linux
 * alone.
 */
import { parseArgs } from 'node:util'
import { fail, runBench, tell, wholeNumber } from '../http/frame.ts'
import type { MemoryOptions } from './measure.ts'

/** Throws a RangeError or a TypeError that names the option at fault. */
function readOptions(argv: readonly string[]): MemoryOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string', default: '10' },
      connections: { type: 'string', default: '4' },
      heap: { type: 'string', default: '256' },
    },
  })
  const minutes = Number(values.minutes)
  if (!(minutes >= 0.2 && minutes <= 1_440)) throw new RangeError('--minutes is a number of 0.2 to 1440')
  return {
    seconds: Math.round(minutes * 60),
    connections: wholeNumber('connections', values.connections, [1, 1_000]),
    /** MiB. */
    heap: wholeNumber('heap', values.heap, [64, 65_536]),
  }
}

await runBench(readOptions, async (options) => {
  const { measureMemory } = await import('./measure.ts')
  const { verdict } = await import('./verdict.ts')
  const { text, flat } = verdict(await measureMemory(options, tell))
  process.stdout.write(`${text}\n`)
  if (!flat) fail(1, 'memory grows')
})
