import { extname } from 'node:path'
import { UsageError } from '../../errors/exit-error.ts'

/** The format of a book file. */
export type FileFormat = 'csv' | 'jsonl'

const FORMAT_BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/**
 * Returns the requested format, or the one of the file's extension; CSV for `-`.
 * @throws UsageError when the extension is unknown
 */
export function resolveFileFormat(file: string, requested: FileFormat | undefined): FileFormat {
  const format = requested ?? (file === '-' ? 'csv' : FORMAT_BY_EXTENSION[extname(file).toLowerCase()])
  if (format) return format
  throw new UsageError(`${file} is neither .csv nor .jsonl. Use --format csv or --format jsonl.`)
}
