import { join, parse } from 'node:path'
import { UsageError } from '../../errors/exit-error.ts'
import { systemClock } from '../../lib/clock.ts'
import { abortOnSignals } from './abort-on-signals.ts'
import { type FileFormat, resolveFileFormat } from './book-file.ts'
import { InterruptedError } from './errors.ts'
import { importBooks } from './import-books.ts'
import { acquireImportLock } from './import-lock.ts'
import { type ImportSource, openImportSource } from './import-source.ts'
import { createImportStats, type ImportOutcome, printImportResult } from './import-stats.ts'
import { startProgress } from './progress.ts'
import { createRejectsFile } from './rejects-file.ts'
import { createRetryingSendDocument, type JobSettings, type RetryingOptions } from './send-document.ts'

export type ImportCommandOptions = RetryingOptions & {
  readonly format?: FileFormat
  readonly name?: string
  readonly rejects?: string
  readonly fromLine: number
  readonly unordered?: boolean
  readonly json?: boolean
}

const UNORDERED_IN_FLIGHT = 4

/**
 * Imports a file, and reports its progress and result, even when the import fails.
 * @returns the exit code: 0 done, 3 some rows were rejected, 130 or 143 interrupted by a signal
 * @throws JobError when the import fails, after the summary; UsageError when the options contradict each other
 */
export async function runImport(settings: JobSettings, file: string, options: ImportCommandOptions) {
  const { fromLine, unordered, json = false } = options
  const maxInFlight = unordered ? UNORDERED_IN_FLIGHT : 1
  const format = resolveFileFormat(file, options.format)
  const abortController = new AbortController()
  const { signal } = abortController
  const source = openImportSource(file, options.name, signal)
  const rejectsPath = options.rejects ?? buildRejectsPath(file, source, format)
  const rejects = createRejectsFile(rejectsPath, format, fromLine > 1)
  if (source.isSameFile(rejectsPath))
    throw new UsageError(
      `${rejectsPath} is the file to import. Use --rejects to write rejected rows to another file.`,
    )
  const releaseLock = acquireImportLock(settings.apiUrl)
  const removeListeners = abortOnSignals(abortController, systemClock)
  const { label, size } = source
  const stats = createImportStats()
  const startedAt = systemClock.monotonicNow()
  const stopProgress = startProgress({ label, size, stats, clock: systemClock, json, signal })
  let outcome: ImportOutcome = 'failed'
  try {
    const send = await createRetryingSendDocument(settings, options, signal)
    await importBooks({ send, source, format, rejects, fromLine, maxInFlight, stats, abortController })
    outcome = 'done'
    return stats.rejected > 0 ? 3 : 0
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error
    outcome = 'stopped'
    return error.exitCode
  } finally {
    stopProgress()
    removeListeners()
    releaseLock()
    source.close()
    const seconds = (systemClock.monotonicNow() - startedAt) / 1_000
    printImportResult({ label, stats, outcome, seconds, rejectsPath, json })
  }
}

/** Builds the path of the rejects file: `books.rejects.csv` next to `books.csv`; for a stream, from its name. */
function buildRejectsPath(file: string, { needsName, name }: ImportSource, format: FileFormat): string {
  const suffix = format === 'jsonl' ? '.rejects.jsonl' : '.rejects.csv'
  if (needsName) return `${name.replace(/[^\w.-]+/g, '-')}${suffix}`
  const { dir, name: stem } = parse(file)
  return join(dir, `${stem}${suffix}`)
}
