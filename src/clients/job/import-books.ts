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
  const parser = (format === 'csv' ? createCsvParser : createJsonlParser)(source.label)

  /** A file that is still being written may end in the middle of a row. */
  function isLastLineComplete(): boolean {
    if (!source.hasGrown()) return true
    console.error(
      `${source.label} is still being written. Its last line is incomplete and is left for the next import.`,
    )
    return false
  }

  try {
    for await (const { rows, bytes } of readRowChunks(source.chunks, parser, isLastLineComplete)) {
      stats.bytes += bytes
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
