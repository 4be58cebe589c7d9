import { parse } from 'node:path'
import { UsageError } from '../../errors/exit-error.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { abortOnSignals, type SignalHandler } from './abort-on-signals.ts'
import { InterruptedError } from './errors.ts'
import { type FileFormat, resolveFileFormat } from './file-format.ts'
import { importBooks } from './import-books.ts'
import { acquireImportLock } from './import-lock.ts'
import { type ImportSource, openImportSource } from './import-source.ts'
import {
  createImportStats,
  formatImportSummary,
  formatResumeHint,
  type ImportOutcome,
  type ImportStats,
} from './import-stats.ts'
import { startProgress } from './progress.ts'
import { createRejectsFile, type RejectsFile } from './rejects-file.ts'
import { type JobSettings, openRetryingSession, resolveApiUrl } from './session.ts'

export type ImportCommandOptions = {
  readonly format?: FileFormat
  readonly name?: string
  readonly rejects?: string
  readonly fromLine: number
  readonly inFlight: number
  /** Minutes to keep retrying. */
  readonly patience: number
  readonly json?: boolean
  readonly dpop?: boolean
}

/** Standard output is reserved for results. */
const report = (message: string) => console.error(message)

/**
 * Imports a file, and reports its progress and result.
 * @returns the exit code: 0 done, 3 some rows were rejected, 130 or 143 interrupted by a signal
 * @throws JobError when the import fails, after the summary; UsageError when the options contradict each other
 */
export async function runImport(
  settings: JobSettings,
  file: string,
  options: ImportCommandOptions,
  clock: Clock = systemClock,
): Promise<number> {
  const format = resolveFileFormat(file, options.format)
  const abortController = new AbortController()
  const source = await openImportSource(file, options.name, abortController.signal)
  try {
    const rejectsPath = resolveRejectsPath(file, format, options)
    if (await source.isSameFile(rejectsPath))
      throw new UsageError(
        `${rejectsPath} is the file to import. Use --rejects to write rejected rows to another file.`,
      )
    const rejects = await createRejectsFile(rejectsPath, format, options.fromLine > 1)
    const releaseLock = acquireImportLock(resolveApiUrl(settings))
    const signals = abortOnSignals({ abortController, clock, report })
    try {
      return await importAndReport({
        settings,
        source,
        format,
        rejects,
        abortController,
        signals,
        clock,
        options,
      })
    } finally {
      signals.dispose()
      releaseLock()
      rejects.close()
    }
  } finally {
    await source.close()
  }
}

/** Returns the path of the rejects file: `books.rejects.csv` next to `books.csv`; for standard input, from its name. */
function resolveRejectsPath(
  file: string,
  format: FileFormat,
  { rejects, name = '' }: ImportCommandOptions,
): string {
  if (rejects !== undefined) return rejects
  if (file === '-') return `${name.replace(/[^\w.-]+/g, '-')}.rejects.${format}`
  const { dir, name: stem } = parse(file)
  return `${dir === '' ? '' : `${dir}/`}${stem}.rejects.${format}`
}

type ImportRun = {
  readonly settings: JobSettings
  readonly source: ImportSource
  readonly format: FileFormat
  readonly rejects: RejectsFile
  readonly abortController: AbortController
  readonly signals: SignalHandler
  readonly clock: Clock
  readonly options: ImportCommandOptions
}

/** Prints the summary even when the import fails. */
async function importAndReport(run: ImportRun): Promise<number> {
  const { source, clock, rejects, signals } = run
  const { json = false } = run.options
  const stats = createImportStats()
  const startedAt = clock.monotonicNow()
  const { label, size } = source
  const printJsonLine = json ? console.log : undefined
  const progress = startProgress({ label, size, stats, clock, printJsonLine })
  let outcome: ImportOutcome = 'failed'
  try {
    outcome = await connectAndImport(run, stats)
  } finally {
    progress.stop()
    const seconds = (clock.monotonicNow() - startedAt) / 1_000
    const summary = formatImportSummary(label, stats, outcome, seconds, rejects.path)
    const rejectsPath = stats.rejected > 0 ? rejects.path : null
    if (json) {
      console.log(JSON.stringify({ event: 'summary', outcome, ...stats, rejects: rejectsPath, seconds }))
      report(summary)
    } else {
      console.log(summary)
    }
    if (outcome !== 'done' && stats.read > 0) report(formatResumeHint(stats))
  }
  if (outcome === 'stopped') return signals.exitCode() ?? 1
  return stats.rejected > 0 ? 3 : 0
}

async function connectAndImport(run: ImportRun, stats: ImportStats): Promise<ImportOutcome> {
  const { settings, source, format, rejects, clock, abortController, options } = run
  try {
    const send = await openRetryingSession(settings, {
      giveUpAfterMinutes: options.patience,
      dpop: options.dpop ?? false,
      clock,
      signal: abortController.signal,
      report,
    })
    const isComplete = await importBooks({
      send,
      source,
      format,
      rejects,
      fromLine: options.fromLine,
      maxInFlight: options.inFlight,
      stats,
      abortController,
      report,
    })
    return isComplete ? 'done' : 'stopped'
  } catch (error) {
    if (error instanceof InterruptedError) return 'stopped'
    throw error
  }
}
