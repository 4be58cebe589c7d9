import { type BatchLimits, createBatch, keyed, startLimits } from './batch.ts'
import { createDelivery } from './deliver.ts'
import { Stopped } from './faults.ts'
import type { Format } from './format.ts'
import { createInFlight } from './in-flight.ts'
import { csvReading } from './read-csv.ts'
import { jsonlReading } from './read-jsonl.ts'
import { readPieces } from './records.ts'
import type { Rejects } from './rejects.ts'
import { type BookRow, isRejected, type RejectedRow, type Row } from './row.ts'
import type { Ask } from './session.ts'
import type { Source } from './source.ts'
import type { Tally } from './tally.ts'

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

function createSender({ ask, source, rejects, fromLine, inFlight, tally, stop }: ImportOptions) {
  const limits: BatchLimits = startLimits()
  const withKey = keyed(source.name)
  let batch = createBatch(limits)
  let fault: unknown
  let nextLine = 1

  const fail = (error: unknown) => {
    if (!(error instanceof Stopped)) fault ??= error
    stop.abort()
  }
  const rejected = (rows: readonly RejectedRow[]) => {
    rejects.add(rows)
    tally.rejected += rows.length
  }
  const stored = (rows: number) => {
    tally.stored += rows
  }
  const flying = createInFlight(inFlight, createDelivery({ ask, limits, stored, rejected }), fail)

  async function flush(): Promise<void> {
    const full = batch
    batch = createBatch(limits)
    if (full.rows.length > 0) await flying.start(full)
    tally.settledBefore = flying.firstLine() ?? nextLine
  }

  async function send(row: BookRow): Promise<void> {
    await flush()
    // Of two books with the same id the first is taken: it must have arrived before the second is sent.
    if (flying.has(row.input.id ?? '')) await flying.settled()
  }

  return {
    fail,
    flush,
    /** What is returned must be waited for; most rows have nothing to wait for. */
    take(row: Row): Promise<void> | undefined {
      tally.read += 1
      nextLine = row.line + 1
      if (row.line < fromLine) tally.skipped += 1
      else if (isRejected(row)) rejected([row])
      else {
        const one = withKey(row)
        const { id } = row.input
        if (batch.fits(one) && !(id != null && flying.has(id))) batch.add(one)
        else return send(row).then(() => batch.add(one))
      }
      return undefined
    },
    /** Waits for what is under way. @throws what made the import fail */
    async finish(): Promise<void> {
      await flying.settled()
      const [first] = batch.rows
      tally.settledBefore = Math.min(flying.firstLine() ?? nextLine, first?.line ?? nextLine)
      if (fault) throw fault
    },
  }
}
