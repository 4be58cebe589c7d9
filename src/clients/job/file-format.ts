import { extname } from 'node:path'
import { UsageFault } from './errors.ts'

/** How books stand in a file. */
export type Format = 'csv' | 'jsonl'

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/**
 * The format that was asked for, else the one that the file's name says; CSV for `-`.
 * @throws UsageFault when neither says it
 */
export function formatOf(file: string, asked: Format | undefined): Format {
  const format = asked ?? (file === '-' ? 'csv' : BY_EXTENSION[extname(file).toLowerCase()])
  if (format) return format
  throw new UsageFault(`${file} is called neither .csv nor .jsonl: say --format csv or --format jsonl.`)
}
