/**
 * `npm run bench [-- --rounds 5 --seconds 3 --connections 16 --servers ours,mercurius]`: our server beside its
 * peers, turn by turn. The report goes to stdout as Markdown, all else to stderr. Exit status: 0 measured,
 * 1 failed or a wrong answer, 2 wrong usage. Linux alone.
 */
import { existsSync } from 'node:fs'
import { installPeers } from './install.ts'
import { type Options, readOptions } from './options.ts'
import { processes } from './usage.ts'

function tell(line: string): void {
  process.stderr.write(`bench: ${line}\n`)
}

function fail(status: 1 | 2, fault: unknown): never {
  tell(status === 1 && fault instanceof Error ? (fault.stack ?? fault.message) : String(fault))
  process.exit(status)
}

function optionsOrExit(): Options {
  try {
    return readOptions(process.argv.slice(2))
  } catch (fault) {
    fail(2, fault)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const options = optionsOrExit()
if (!existsSync(`${processes}/self/stat`)) fail(1, new Error('CPU is read from /proc, which Linux alone has'))

try {
  installPeers()
  // Later than the others: the load generator is among what was just installed.
  const { measureAll } = await import('./measure.ts')
  const { doubts, report } = await import('./report.ts')
  const measured = await measureAll(options, tell)
  process.stdout.write(`${report(measured, options)}\n`)
  for (const doubt of doubts(measured)) tell(doubt)
} catch (fault) {
  fail(1, fault)
}
