import { createSender } from './batch-uploader.ts'
import { csvReading } from './csv-parser.ts'
import type { Format } from './file-format.ts'
import type { Source } from './import-source.ts'
import type { Tally } from './import-stats.ts'
import { jsonlReading } from './jsonl-parser.ts'
import { readPieces } from './record-reader.ts'
import type { Rejects } from './rejects-file.ts'
import type { Ask } from './session.ts'

export type ImportOptions = {
  /** Asks until it gets an answer, or throws. */
  readonly ask: Ask
  readonly source: Source
  readonly format: Format
  readonly rejects: Rejects
  /** Rows before this line are passed over. */
  readonly fromLine: number
  /** How many requests are under way at the same time. */
  readonly inFlight: number
  /** Kept up to date while the import runs. */
  readonly tally: Tally
  /** Ends the import after the requests that are under way. */
  readonly stop: AbortController
  readonly tell: (words: string) => void
}

/**
 * Brings a file's books to the API, each once, however often it is run: rows go under keys that the API knows again.
 * What it holds in memory does not depend on the file's size.
 * @returns whether it came to the end of the file
 * @throws JobFault when it can't go on; what the tally says is true even then
 */
export async function importBooks(options: ImportOptions): Promise<boolean> {
  const { source, format, tally, stop } = options
  const sender = createSender(options)
  const reading = (format === 'csv' ? csvReading : jsonlReading)(source.label)
  try {
    for await (const { rows, bytes } of readPieces(source.chunks, reading, () => complete(options))) {
      tally.bytes += bytes
      for (const row of rows) {
        const sent = sender.take(row)
        if (sent) await sent
        if (stop.signal.aborted) break
      }
      if (stop.signal.aborted) break
    }
    if (!stop.signal.aborted) await sender.flush()
  } catch (error) {
    if (!stop.signal.aborted) sender.fail(error)
  }
  await sender.finish()
  return !stop.signal.aborted
}

/** A file that is being written may end in half a row. */
async function complete({ source, tell }: ImportOptions): Promise<boolean> {
  if (!(await source.grew())) return true
  tell(`${source.label} is being written: its last line has no end yet, and is left for the next run.`)
  return false
}
