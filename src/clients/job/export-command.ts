import { systemClock } from '../../lib/clock.ts'
import { abortOnSignals } from './abort-on-signals.ts'
import { createDocumentClient } from './document-client.ts'
import { InterruptedError } from './errors.ts'
import { type ExportChunk, streamExportChunks, writeExportFile } from './export-file.ts'
import { type FileFormat, resolveFileFormat } from './file-format.ts'
import { type JobSettings, openRetryingSession } from './session.ts'
import { createStdoutWriter } from './stdout-writer.ts'

export type ExportCommandOptions = {
  readonly format?: FileFormat
  readonly author?: string
  readonly title?: string
  /** Minutes to keep retrying. */
  readonly patience: number
  readonly dpop?: boolean
}

/**
 * Exports the books to a file, or to standard output for `-`. The file is replaced only when the export is complete.
 * @returns the exit code: 0 done, 130 or 143 interrupted by a signal
 * @throws JobError when the export fails
 */
export async function runExport(
  settings: JobSettings,
  file: string,
  options: ExportCommandOptions,
): Promise<number> {
  const { author, title, patience, dpop = false } = options
  const format = resolveFileFormat(file, options.format)
  const report = (message: string) => console.error(message)
  const abortController = new AbortController()
  const signals = abortOnSignals({ abortController, clock: systemClock, report })
  try {
    const send = await openRetryingSession(settings, {
      giveUpAfterMinutes: patience,
      dpop,
      clock: systemClock,
      signal: abortController.signal,
      report,
    })
    const chunks = streamExportChunks(createDocumentClient(send), { author, title }, format)
    if (file === '-') await writeToStdout(chunks)
    else console.log(`export ${file}: ${await writeExportFile(file, chunks)} books`)
    return 0
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error
    report(file === '-' ? 'Interrupted: the output is incomplete.' : `Interrupted: ${file} is unchanged.`)
    return signals.exitCode() ?? 1
  } finally {
    signals.dispose()
  }
}

async function writeToStdout(chunks: AsyncIterable<ExportChunk>): Promise<void> {
  const write = createStdoutWriter()
  for await (const { text } of chunks) if (!(await write(text))) return
}
