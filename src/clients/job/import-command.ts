import { parse } from 'node:path'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { abortOnSignals } from './abort-on-signals.ts'
import { InterruptedError, UsageError } from './errors.ts'
import { type FileFormat, resolveFileFormat } from './file-format.ts'
import { importBooks } from './import-books.ts'
import { acquireImportLock } from './import-lock.ts'
import { type ImportSource, openImportSource } from './import-source.ts'
import { createImportStats, type ImportStats } from './import-stats.ts'
import { formatImportSummary, formatResumeHint, type ImportOutcome } from './import-summary.ts'
import { startProgress } from './progress.ts'
import { createRejectsFile, type RejectsFile } from './rejects-file.ts'
import { openRetryingSession } from './retrying-session.ts'
import { type JobSettings, resolveApiUrl } from './session.ts'

export type ImportCommandOptions = {
  readonly format?: FileFormat
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
 * @throws JobError when it can't go on, after the summary; UsageError when the options don't fit together
 */
export async function runImport(
  settings: JobSettings,
  file: string,
  options: ImportCommandOptions,
  clock: Clock = systemClock,
): Promise<number> {
  const format = resolveFileFormat(file, options.format)
  const stop = new AbortController()
  const source = await openImportSource(file, options.name, stop.signal)
  try {
    const path = rejectsPath(file, format, options)
    if (await source.isSameFile(path))
      throw new UsageError(
        `${path} is what is imported: let --rejects name another file for the rejected rows.`,
      )
    const rejects = await createRejectsFile(path, format, options.fromLine > 1)
    const unlock = acquireImportLock(resolveApiUrl(settings))
    const quiet = abortOnSignals({ abortController: stop, clock, report: tell })
    try {
      return await reported({ settings, source, format, rejects, abortController: stop, clock, options })
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
function rejectsPath(file: string, format: FileFormat, { rejects, name = '' }: ImportCommandOptions): string {
  const { dir, name: stem } = parse(file)
  const path = rejects ?? (file === '-' ? `${name.replace(/[^\w.-]+/g, '-')}.rejects.${format}` : undefined)
  return path ?? `${dir === '' ? '' : `${dir}/`}${stem}.rejects.${format}`
}

type Run = {
  readonly settings: JobSettings
  readonly source: ImportSource
  readonly format: FileFormat
  readonly rejects: RejectsFile
  readonly abortController: AbortController
  readonly clock: Clock
  readonly options: ImportCommandOptions
}

/** Whatever becomes of the import, its summary is printed. */
async function reported(run: Run): Promise<number> {
  const { source, clock, rejects } = run
  const { json = false } = run.options
  const tally = createImportStats()
  const started = clock.monotonicNow()
  const { label, size } = source
  const progress = startProgress({
    label,
    size,
    stats: tally,
    clock,
    printJsonLine: json ? console.log : undefined,
  })
  let outcome: ImportOutcome = 'failed'
  try {
    outcome = await imported(run, tally)
  } finally {
    progress.stop()
    const seconds = (clock.monotonicNow() - started) / 1_000
    const line = formatImportSummary(label, tally, outcome, seconds, rejects.path)
    const path = tally.rejected > 0 ? rejects.path : null
    if (json) console.log(JSON.stringify({ event: 'summary', outcome, ...tally, rejects: path, seconds }))
    if (json) tell(line)
    else console.log(line)
    if (outcome !== 'done' && tally.read > 0) tell(formatResumeHint(tally))
  }
  return outcome === 'done' && tally.rejected > 0 ? 3 : 0
}

async function imported(run: Run, tally: ImportStats): Promise<ImportOutcome> {
  const { settings, clock, abortController, options } = run
  const { fromLine, inFlight, patience, dpop = false } = options
  try {
    const ask = await openRetryingSession(settings, {
      giveUpAfterMinutes: patience,
      dpop,
      clock,
      abortController,
      report: tell,
    })
    const done = await importBooks({
      ...run,
      send: ask,
      fromLine,
      maxInFlight: inFlight,
      stats: tally,
      report: tell,
    })
    return done ? 'done' : 'stopped'
  } catch (error) {
    if (error instanceof InterruptedError) return 'stopped'
    throw error
  }
}
