import { hash } from 'node:crypto'
import { type BookRow, isRejectedRow, type ParsedRow, type RejectedRow } from './book-row.ts'
import type { ImportStats } from './import-stats.ts'
import type { RejectsFile } from './rejects-file.ts'
import type { SendDocument } from './send-document.ts'
import { createUploadBatch } from './upload-batch.ts'

export type BatchUploaderOptions = {
  /** Retries until it gets a response, or throws. */
  readonly send: SendDocument
  /** Idempotency keys contain a digest of its name. */
  readonly source: { readonly name: string }
  readonly rejects: RejectsFile
  /** Rows before this line are skipped. */
  readonly fromLine: number
  readonly maxInFlight: number
  /** Updated while the import runs. */
  readonly stats: ImportStats
  /** Ends the import after the requests in flight. Aborted by the first error. */
  readonly abortController: AbortController
}

/** Below the API's defaults of 1,000 books and 262,144 bytes. */
const MAX_BATCH_ROWS = 500
const MAX_BATCH_BYTES = 200_000

/** Consecutive rows of the file. */
type Batch = {
  readonly rows: BookRow[]
  readonly rejected: RejectedRow[]
  byteLength: number
  firstLine?: number
  isUploaded?: boolean
}

/** Groups rows into batches and uploads them. The first error aborts the import. */
export class BatchUploader {
  readonly #options: BatchUploaderOptions
  readonly #sourceDigest: string
  readonly #limits = { maxRows: MAX_BATCH_ROWS }
  readonly #inFlight = new Set<Promise<unknown>>()
  /** In the order of the file: from the first batch that is not uploaded to the one that is being filled. */
  readonly #unsettled = new Set<Batch>()
  #batch: Batch
  #nextLine = 1

  constructor(options: BatchUploaderOptions) {
    this.#options = options
    this.#sourceDigest = digest(options.source.name)
    this.#batch = this.#startBatch()
  }

  async add(row: ParsedRow): Promise<void> {
    const { stats, fromLine } = this.#options
    stats.read += 1
    if (row.line < fromLine) stats.skipped += 1
    else await this.#addToBatch(row)
    this.#nextLine = row.line + 1
  }

  /** Sends the last batch as soon as fewer than `maxInFlight` are in flight. */
  async flush(): Promise<void> {
    while (this.#inFlight.size >= this.#options.maxInFlight) await Promise.race(this.#inFlight)
    const upload = this.#upload(this.#batch).finally(() => this.#inFlight.delete(upload))
    this.#inFlight.add(upload)
    this.#batch = this.#startBatch()
  }

  async finish(): Promise<void> {
    await Promise.all(this.#inFlight)
    this.#settleBatches()
  }

  #startBatch(): Batch {
    const batch = { rows: [], rejected: [], byteLength: 0 }
    this.#unsettled.add(batch)
    return batch
  }

  async #addToBatch(parsed: ParsedRow): Promise<void> {
    const row = isRejectedRow(parsed) ? parsed : assignIdempotencyKey(parsed, this.#sourceDigest)
    const byteLength = Buffer.byteLength(JSON.stringify(row))
    const { rows, rejected, byteLength: batchBytes } = this.#batch
    const rowCount = rows.length + rejected.length
    // A row always fits into an empty batch.
    const isFull = rowCount >= this.#limits.maxRows || batchBytes + byteLength > MAX_BATCH_BYTES
    if (isFull && rowCount > 0) await this.flush()
    if (isRejectedRow(row)) this.#batch.rejected.push(row)
    else this.#batch.rows.push(row)
    this.#batch.byteLength += byteLength
    this.#batch.firstLine ??= row.line
  }

  async #upload(batch: Batch): Promise<void> {
    const { send, stats, abortController } = this.#options
    const reject = (rows: readonly RejectedRow[]) => batch.rejected.push(...rows)
    try {
      await createUploadBatch({ send, limits: this.#limits, stats, reject })(batch.rows)
      batch.isUploaded = true
      this.#settleBatches()
    } catch (error) {
      abortController.abort(error)
    }
  }

  /** Writes the rejected rows in the order of the file: those of a batch when all batches before it are uploaded. */
  #settleBatches(): void {
    const { rejects, stats } = this.#options
    for (const batch of this.#unsettled) {
      if (!batch.isUploaded) break
      rejects.add(batch.rejected.sort((a, b) => a.line - b.line))
      stats.rejected += batch.rejected.length
      this.#unsettled.delete(batch)
    }
    const [oldest] = this.#unsettled
    stats.settledBefore = oldest?.firstLine ?? this.#nextLine
  }
}

/** 96 bits: collisions are negligible. */
const DIGEST_LENGTH = 16
const LINE_LENGTH = 10

/**
 * Assigns an idempotency key. The same row in the same line of the same source has the same key in every run, so the API
 * recognizes it; a corrected row has another. Keys of one source sort by line, so that the database writes them next to
 * each other.
 */
function assignIdempotencyKey({ line, input }: BookRow, sourceDigest: string): BookRow {
  const rowDigest = digest(JSON.stringify(input))
  const idempotencyKey = `${sourceDigest}:${String(line).padStart(LINE_LENGTH, '0')}:${rowDigest}`
  return { line, input: { ...input, idempotencyKey } }
}

const digest = (text: string) => hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)
