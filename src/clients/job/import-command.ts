import { parse } from 'node:path'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { stopOnSignals } from './abort-on-signals.ts'
import { Stopped, UsageFault } from './errors.ts'
import { type Format, formatOf } from './file-format.ts'
import { importBooks } from './import-books.ts'
import { lockImports } from './import-lock.ts'
import { openSource, type Source } from './import-source.ts'
import { startTally, type Tally } from './import-stats.ts'
import { goOn, type Outcome, summaryLine } from './import-summary.ts'
import { startProgress } from './progress.ts'
import { createRejects, type Rejects } from './rejects-file.ts'
import { openPatientSession } from './retrying-session.ts'
import { apiUrlOf, type JobSettings } from './session.ts'

export type ImportCommand = {
  readonly format?: Format
  readonly name?: string
  readonly rejects?: string
  readonly fromLine: number
  readonly inFlight: number
  /** Minutes. */
  readonly patience: number
  readonly json?: boolean
  readonly dpop?: boolean
}

/** Lines for whoever watches; what is counted on is on standard output. */
const tell = (words: string) => console.error(words)

/**
 * Imports a file, and tells how far it is and what came of it.
 * @returns the exit status: 0 done, or stopped by a signal; 3 some rows were rejected
 * @throws JobFault when it can't go on, after the summary; UsageFault when the options don't fit together
 */
export async function runImport(
  settings: JobSettings,
  file: string,
  options: ImportCommand,
  clock: Clock = systemClock,
): Promise<number> {
  const format = formatOf(file, options.format)
  const stop = new AbortController()
  const source = await openSource(file, options.name, stop.signal)
  try {
    const path = rejectsPath(file, format, options)
    if (await source.isAt(path))
      throw new UsageFault(
        `${path} is what is imported: let --rejects name another file for the rejected rows.`,
      )
    const rejects = await createRejects(path, format, options.fromLine > 1)
    const unlock = lockImports(apiUrlOf(settings))
    const quiet = stopOnSignals({ stop, clock, tell })
    try {
      return await reported({ settings, source, format, rejects, stop, clock, options })
    } finally {
      quiet()
      unlock()
      rejects.close()
    }
  } finally {
    await source.close()
  }
}

/** Beside the file, `books.csv` → `books.rejects.csv`; standard input has its name for one. */
function rejectsPath(file: string, format: Format, { rejects, name = '' }: ImportCommand): string {
  const { dir, name: stem } = parse(file)
  const path = rejects ?? (file === '-' ? `${name.replace(/[^\w.-]+/g, '-')}.rejects.${format}` : undefined)
  return path ?? `${dir === '' ? '' : `${dir}/`}${stem}.rejects.${format}`
}

type Run = {
  readonly settings: JobSettings
  readonly source: Source
  readonly format: Format
  readonly rejects: Rejects
  readonly stop: AbortController
  readonly clock: Clock
  readonly options: ImportCommand
}

/** Whatever becomes of the import, its summary is printed. */
async function reported(run: Run): Promise<number> {
  const { source, clock, rejects } = run
  const { json = false } = run.options
  const tally = startTally()
  const started = clock.elapsed()
  const { label, size } = source
  const progress = startProgress({ label, size, tally, clock, print: json ? console.log : undefined })
  let outcome: Outcome = 'failed'
  try {
    outcome = await imported(run, tally)
  } finally {
    progress.stop()
    const seconds = (clock.elapsed() - started) / 1_000
    const line = summaryLine(label, tally, outcome, seconds, rejects.path)
    const path = tally.rejected > 0 ? rejects.path : null
    if (json) console.log(JSON.stringify({ event: 'summary', outcome, ...tally, rejects: path, seconds }))
    if (json) tell(line)
    else console.log(line)
    if (outcome !== 'done' && tally.read > 0) tell(goOn(tally))
  }
  return outcome === 'done' && tally.rejected > 0 ? 3 : 0
}

async function imported(run: Run, tally: Tally): Promise<Outcome> {
  const { settings, clock, stop, options } = run
  const { fromLine, inFlight, patience, dpop = false } = options
  try {
    const ask = await openPatientSession(settings, { patience, dpop, clock, stop, tell })
    const done = await importBooks({ ...run, ask, fromLine, inFlight, tally, tell })
    return done ? 'done' : 'stopped'
  } catch (error) {
    if (error instanceof Stopped) return 'stopped'
    throw error
  }
}
