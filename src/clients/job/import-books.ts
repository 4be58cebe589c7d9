import { createBatchUploader } from './batch-uploader.ts'
import { createCsvParser } from './csv-parser.ts'
import type { FileFormat } from './file-format.ts'
import type { ImportSource } from './import-source.ts'
import type { ImportStats } from './import-stats.ts'
import { createJsonlParser } from './jsonl-parser.ts'
import { readRowChunks } from './record-reader.ts'
import type { RejectsFile } from './rejects-file.ts'
import type { SendDocument } from './session.ts'

export type ImportBooksOptions = {
  /** Asks until it gets an answer, or throws. */
  readonly send: SendDocument
  readonly source: ImportSource
  readonly format: FileFormat
  readonly rejects: RejectsFile
  /** Rows before this line are passed over. */
  readonly fromLine: number
  /** How many requests are under way at the same time. */
  readonly maxInFlight: number
  /** Kept up to date while the import runs. */
  readonly stats: ImportStats
  /** Ends the import after the requests that are under way. */
  readonly abortController: AbortController
  readonly report: (words: string) => void
}

/**
 * Brings a file's books to the API, each once, however often it is run: rows go under keys that the API knows again.
 * What it holds in memory does not depend on the file's size.
 * @returns whether it came to the end of the file
 * @throws JobError when it can't go on; what the tally says is true even then
 */
export async function importBooks(options: ImportBooksOptions): Promise<boolean> {
  const { source, format, stats, abortController } = options
  const sender = createBatchUploader(options)
  const reading = (format === 'csv' ? createCsvParser : createJsonlParser)(source.label)
  try {
    for await (const { rows, bytes } of readRowChunks(source.chunks, reading, () => complete(options))) {
      stats.bytes += bytes
      for (const row of rows) {
        const sent = sender.add(row)
        if (sent) await sent
        if (abortController.signal.aborted) break
      }
      if (abortController.signal.aborted) break
    }
    if (!abortController.signal.aborted) await sender.flush()
  } catch (error) {
    if (!abortController.signal.aborted) sender.fail(error)
  }
  await sender.finish()
  return !abortController.signal.aborted
}

/** A file that is being written may end in half a row. */
async function complete({ source, report }: ImportBooksOptions): Promise<boolean> {
  if (!(await source.hasGrown())) return true
  report(`${source.label} is being written: its last line has no end yet, and is left for the next run.`)
  return false
}
