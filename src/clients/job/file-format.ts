import { extname } from 'node:path'
import { UsageError } from './errors.ts'

/** How books stand in a file. */
export type FileFormat = 'csv' | 'jsonl'

const BY_EXTENSION: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/**
 * The format that was asked for, else the one that the file's name says; CSV for `-`.
 * @throws UsageError when neither says it
 */
export function resolveFileFormat(file: string, requested: FileFormat | undefined): FileFormat {
  const format = requested ?? (file === '-' ? 'csv' : BY_EXTENSION[extname(file).toLowerCase()])
  if (format) return format
  throw new UsageError(`${file} is called neither .csv nor .jsonl: say --format csv or --format jsonl.`)
}
