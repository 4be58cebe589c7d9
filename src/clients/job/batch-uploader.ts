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

type Batch = { readonly rows: BookRow[]; byteLength: number }

/** Groups rows into batches and uploads several at a time. The first error aborts the import. */
export class BatchUploader {
  readonly #options: BatchUploaderOptions
  readonly #sourceDigest: string
  readonly #uploadBatch: ReturnType<typeof createUploadBatch>
  readonly #limits = { maxRows: MAX_BATCH_ROWS }
  readonly #inFlight = new Map<Batch, Promise<void>>()
  /** The batches in flight, those that failed, and the one that is being filled. */
  readonly #unsettled = new Set<Batch>()
  #batch: Batch
  #nextLine = 1

  constructor(options: BatchUploaderOptions) {
    this.#options = options
    this.#sourceDigest = digest(options.source.name)
    this.#uploadBatch = createUploadBatch({
      send: options.send,
      limits: this.#limits,
      stats: options.stats,
      reject: (rows) => this.#reject(rows),
    })
    this.#batch = this.#startBatch()
  }

  async add(row: ParsedRow): Promise<void> {
    const { stats, fromLine } = this.#options
    stats.read += 1
    if (row.line < fromLine) stats.skipped += 1
    else if (isRejectedRow(row)) this.#reject([row])
    else await this.#addToBatch(row)
    this.#nextLine = row.line + 1
  }

  /** Sends the last batch as soon as fewer than `maxInFlight` are in flight. */
  async flush(): Promise<void> {
    const batch = this.#batch
    while (this.#inFlight.size >= this.#options.maxInFlight) await Promise.race(this.#inFlight.values())
    // The first of two books with the same id wins, so it must be stored before the second one is sent.
    if (this.#sharesIdWithOthers(batch)) await this.#waitForInFlight()
    this.#inFlight.set(batch, this.#upload(batch))
    this.#batch = this.#startBatch()
    this.#updateSettledLine()
  }

  /** Waits for the batches in flight. */
  async finish(): Promise<void> {
    await this.#waitForInFlight()
    this.#updateSettledLine()
  }

  #startBatch(): Batch {
    const batch = { rows: [], byteLength: 0 }
    this.#unsettled.add(batch)
    return batch
  }

  async #addToBatch(bookRow: BookRow): Promise<void> {
    const { row, byteLength } = assignIdempotencyKey(bookRow, this.#sourceDigest)
    const { rows, byteLength: batchBytes } = this.#batch
    // A row always fits into an empty batch.
    const isFull = rows.length >= this.#limits.maxRows || batchBytes + byteLength > MAX_BATCH_BYTES
    if (isFull && rows.length > 0) await this.flush()
    this.#batch.rows.push(row)
    this.#batch.byteLength += byteLength
  }

  #reject(rows: readonly RejectedRow[]): void {
    this.#options.rejects.add(rows)
    this.#options.stats.rejected += rows.length
  }

  #sharesIdWithOthers(batch: Batch): boolean {
    const ids = new Set(batch.rows.flatMap(({ input }) => input.id ?? []))
    const others = [...this.#inFlight.keys()].flatMap(({ rows }) => rows)
    return ids.size > 0 && others.some(({ input }) => ids.has(input.id ?? ''))
  }

  async #upload(batch: Batch): Promise<void> {
    try {
      await this.#uploadBatch(batch.rows)
      this.#unsettled.delete(batch)
    } catch (error) {
      this.#options.abortController.abort(error)
    }
    this.#inFlight.delete(batch)
  }

  async #waitForInFlight(): Promise<void> {
    await Promise.all(this.#inFlight.values())
  }

  /** All lines before the first row of an unsettled batch are settled. */
  #updateSettledLine(): void {
    const lines = [...this.#unsettled].flatMap(({ rows }) => rows[0]?.line ?? [])
    this.#options.stats.settledBefore = Math.min(this.#nextLine, ...lines)
  }
}

/** Bytes that the idempotency key adds to a row's JSON. */
const KEY_BYTES = 80
/** 96 bits: collisions are negligible. */
const DIGEST_LENGTH = 16
const LINE_LENGTH = 10

/**
 * Assigns an idempotency key. The same row in the same line of the same source has the same key in every run, so the API
 * recognizes it; a corrected row has another. Keys of one source sort by line, so that the database writes them next to
 * each other.
 */
function assignIdempotencyKey({ line, input }: BookRow, sourceDigest: string) {
  const json = JSON.stringify(input)
  const idempotencyKey = `${sourceDigest}:${String(line).padStart(LINE_LENGTH, '0')}:${digest(json)}`
  const row: BookRow = { line, input: { ...input, idempotencyKey } }
  return { row, byteLength: Buffer.byteLength(json) + KEY_BYTES }
}

const digest = (text: string) => hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)
