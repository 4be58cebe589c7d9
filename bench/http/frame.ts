import { existsSync } from 'node:fs'
import { installPeers } from './install.ts'
import { processes } from './usage.ts'

/** Says something about the run; the report alone goes to stdout. */
export function tell(line: string): void {
  process.stderr.write(`bench: ${line}\n`)
}

/** Ends the run: 1 it failed, 2 it was called wrongly. */
export function fail(status: 1 | 2, fault: unknown): never {
  tell(status === 1 && fault instanceof Error ? (fault.stack ?? fault.message) : String(fault))
  process.exit(status)
}

/**
 * Runs a bench from the command line to its end: reads its options, looks whether it can measure here, installs the peers
 * and the load generator, then acts. What needs these packages is imported by `act`, which runs once they are there.
 * Ends the process where an option is wrong, at a signal, and where something throws.
 */
export async function runBench<Options>(
  readOptions: (argv: readonly string[]) => Options,
  act: (options: Options) => Promise<void>,
): Promise<void> {
  // So that whatever was started is ended with this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const options = optionsOrExit(readOptions)
  if (!existsSync(`${processes}/self/stat`))
    fail(1, new Error('CPU and memory are read from /proc, which Linux alone has'))
  try {
    installPeers()
    await act(options)
  } catch (fault) {
    fail(1, fault)
  }
}

/** Reads an option that is a whole number. Throws a RangeError that names it. */
export function wholeNumber(name: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text)
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value
  throw new RangeError(`--${name} is a whole number of ${least} to ${most}`)
}

function optionsOrExit<Options>(readOptions: (argv: readonly string[]) => Options): Options {
  try {
    return readOptions(process.argv.slice(2))
  } catch (fault) {
    fail(2, fault)
  }
}
