import { systemClock } from '../../lib/clock.ts'
import { abortOnSignals } from './abort-on-signals.ts'
import { createDocumentClient } from './document-client.ts'
import { InterruptedError, JobError } from './errors.ts'
import { type ExportChunk, streamExportChunks, writeExportFile } from './export-file.ts'
import { type FileFormat, resolveFileFormat } from './file-format.ts'
import { openRetryingSession } from './retrying-session.ts'
import type { JobSettings } from './session.ts'
import { createStdoutWriter } from './stdout-writer.ts'

export type ExportCommandOptions = {
  readonly format?: FileFormat
  readonly author?: string
  readonly title?: string
  /** Minutes. */
  readonly patience: number
  readonly dpop?: boolean
}

/**
 * Writes the books to a file, or to standard output for `-`.
 * @throws JobError when it can't be done, or was stopped: then a file is as it was before, and standard output ends early
 */
export async function runExport(
  settings: JobSettings,
  file: string,
  options: ExportCommandOptions,
): Promise<void> {
  const { author, title, patience, dpop = false } = options
  const format = resolveFileFormat(file, options.format)
  const tell = (words: string) => console.error(words)
  const stop = new AbortController()
  const quiet = abortOnSignals({ abortController: stop, clock: systemClock, report: tell })
  try {
    const ask = await openRetryingSession(settings, {
      giveUpAfterMinutes: patience,
      dpop,
      clock: systemClock,
      abortController: stop,
      report: tell,
    })
    const pages = streamExportChunks(createDocumentClient(ask), { author, title }, format)
    if (file === '-') await writeOut(pages)
    else console.log(`export ${file}: ${await writeExportFile(file, pages)} books`)
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error
    throw new JobError(
      file === '-' ? 'Stopped: not all books are there.' : `Stopped: ${file} is as it was before.`,
    )
  } finally {
    quiet()
  }
}

async function writeOut(pages: AsyncIterable<ExportChunk>): Promise<void> {
  const print = createStdoutWriter()
  for await (const { text } of pages) if (!(await print(text))) return
}
