import { BatchUploader, type BatchUploaderOptions } from './batch-uploader.ts'
import type { FileFormat } from './book-file.ts'
import { createCsvParser } from './csv-parser.ts'
import type { ImportSource } from './import-source.ts'
import { createJsonlParser } from './jsonl-parser.ts'
import { readRowChunks } from './record-reader.ts'

type ImportBooksOptions = BatchUploaderOptions & {
  readonly source: ImportSource
  readonly format: FileFormat
}

/**
 * Imports the books of a file. Each row has an idempotency key, so running an import again adds no book twice. Memory
 * does not grow with the file.
 * @throws the reason of the abort, JobError when the import fails; `stats` is correct even then
 */
export async function importBooks(options: ImportBooksOptions): Promise<void> {
  const { source, format, stats, abortController } = options
  const { signal } = abortController
  const uploader = new BatchUploader(options)
  const parser =
    format === 'jsonl' ? createJsonlParser(source.label) : createCsvParser(source.label, format === 'raw-csv')

  /** A file that is still being written may end in the middle of a row. */
  const shouldReadUnterminatedLine = () => !source.hasGrown()

  try {
    const chunks = readRowChunks(source.chunks, parser, shouldReadUnterminatedLine)
    for await (const { rows, bytes, isLineUnread } of chunks) {
      stats.bytes += bytes
      if (isLineUnread)
        console.error(
          `${source.label} is still being written. Its last line is incomplete and is left for the next import.`,
        )
      for (const row of rows) {
        signal.throwIfAborted()
        await uploader.add(row)
      }
    }
    signal.throwIfAborted()
    await uploader.flush()
  } catch (error) {
    abortController.abort(error)
  }
  await uploader.finish()
  signal.throwIfAborted()
}
