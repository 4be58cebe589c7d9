import { BatchUploader } from './batch-uploader.ts'
import { createCsvParser } from './csv-parser.ts'
import type { FileFormat } from './file-format.ts'
import type { ImportSource } from './import-source.ts'
import type { ImportStats } from './import-stats.ts'
import { createJsonlParser } from './jsonl-parser.ts'
import { readRowChunks } from './record-reader.ts'
import type { RejectsFile } from './rejects-file.ts'
import type { SendDocument } from './session.ts'

export type ImportBooksOptions = {
  /** Retries until it gets a response, or throws. */
  readonly send: SendDocument
  readonly source: ImportSource
  readonly format: FileFormat
  readonly rejects: RejectsFile
  /** Rows before this line are skipped. */
  readonly fromLine: number
  readonly maxInFlight: number
  /** Updated while the import runs. */
  readonly stats: ImportStats
  /** Ends the import after the requests in flight. */
  readonly abortController: AbortController
  readonly report: (message: string) => void
}

/**
 * Imports the books of a file. Each row has an idempotency key, so running an import again adds no book twice. Memory
 * does not grow with the file.
 * @returns false when the import was aborted before the end of the file
 * @throws JobError when the import fails; `stats` is correct even then
 */
export async function importBooks(options: ImportBooksOptions): Promise<boolean> {
  const { source, format, stats, abortController } = options
  const { signal } = abortController
  const uploader = new BatchUploader(options)
  const parser = (format === 'csv' ? createCsvParser : createJsonlParser)(source.label)
  try {
    for await (const { rows, bytes } of readRowChunks(source.chunks, parser, () => isComplete(options))) {
      stats.bytes += bytes
      for (const row of rows) {
        const pending = uploader.add(row)
        if (pending) await pending
        if (signal.aborted) break
      }
      if (signal.aborted) break
    }
    if (!signal.aborted) await uploader.flush()
  } catch (error) {
    if (!signal.aborted) uploader.fail(error)
  }
  await uploader.finish()
  return !signal.aborted
}

/** A file that is still being written may end in the middle of a row. */
async function isComplete({ source, report }: ImportBooksOptions): Promise<boolean> {
  if (!(await source.hasGrown())) return true
  report(
    `${source.label} is still being written. Its last line is incomplete and is left for the next import.`,
  )
  return false
}
