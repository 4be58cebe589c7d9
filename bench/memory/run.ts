/**
 * `npm run bench:memory [-- --minutes 10 --connections 4 --heap 256]`: whether our server's memory stays flat at peak load. The
 * report goes to stdout as Markdown, all else to stderr. Exit status: 0 flat, 1 it grows or failed, 2 wrong usage. Linux
 * alone.
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { installPeers } from '../http/install.ts'
import { processes } from '../http/usage.ts'
import type { MemoryOptions } from './measure.ts'

function tell(line: string): void {
  process.stderr.write(`bench: ${line}\n`)
}

function fail(status: 1 | 2, fault: unknown): never {
  tell(status === 1 && fault instanceof Error ? (fault.stack ?? fault.message) : String(fault))
  process.exit(status)
}

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
  const connections = Number(values.connections)
  if (!(minutes >= 0.2 && minutes <= 1_440)) throw new RangeError('--minutes is a number of 0.2 to 1440')
  if (!Number.isInteger(connections) || connections < 1 || connections > 1_000)
    throw new RangeError('--connections is a whole number of 1 to 1000')
  const heap = Number(values.heap)
  if (!Number.isInteger(heap) || heap < 64 || heap > 65_536)
    throw new RangeError('--heap is a whole number of 64 to 65536, MiB')
  return { seconds: Math.round(minutes * 60), connections, heap }
}

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2))
  } catch (fault) {
    fail(2, fault)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const options = optionsOrExit()
if (!existsSync(`${processes}/self/stat`))
  fail(1, new Error('memory is read from /proc, which Linux alone has'))

try {
  installPeers()
  // Later than the others: the load generator is among what was just installed.
  const { measureMemory } = await import('./measure.ts')
  const { verdict } = await import('./verdict.ts')
  const { text, flat } = verdict(await measureMemory(options, tell))
  process.stdout.write(`${text}\n`)
  if (!flat) fail(1, 'memory grows')
} catch (fault) {
  fail(1, fault)
}
