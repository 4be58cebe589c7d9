import { hash } from 'node:crypto'
import { type BookRow, isRejectedRow, type ParsedRow, type RejectedRow } from './book-row.ts'
import { InterruptedError } from './errors.ts'
import type { ImportStats } from './import-stats.ts'
import type { RejectsFile } from './rejects-file.ts'
import type { SendDocument } from './session.ts'
import { type BatchLimits, createUploadBatch, type UploadRow } from './upload-batch.ts'

export type BatchUploaderOptions = {
  readonly send: SendDocument
  readonly source: { readonly name: string }
  readonly rejects: RejectsFile
  readonly fromLine: number
  readonly maxInFlight: number
  readonly stats: ImportStats
  readonly abortController: AbortController
}

type Batch = {
  readonly rows: UploadRow[]
  readonly ids: Set<string | number>
  byteLength: number
}

const createBatch = (): Batch => ({ rows: [], ids: new Set(), byteLength: 0 })

/** Below the API's defaults of 1,000 books and 262,144 bytes. */
const createBatchLimits = (): BatchLimits => ({ maxRows: 500, maxBytes: 200_000 })

/** Groups rows into batches and uploads several at a time. The first error aborts the import. */
export class BatchUploader {
  readonly #options: BatchUploaderOptions
  readonly #limits = createBatchLimits()
  readonly #toUploadRow: (row: BookRow) => UploadRow
  readonly #uploadBatch: (rows: readonly UploadRow[]) => Promise<void>
  readonly #inFlight = new Map<Batch, Promise<void>>()
  readonly #failed = new Set<Batch>()
  #batch = createBatch()
  #nextLine = 1
  #error: unknown

  constructor(options: BatchUploaderOptions) {
    this.#options = options
    this.#toUploadRow = createIdempotencyKeyAssigner(options.source.name)
    this.#uploadBatch = createUploadBatch({
      send: options.send,
      limits: this.#limits,
      onStored: (rowCount) => {
        options.stats.stored += rowCount
      },
      onRejected: (rows) => this.#reject(rows),
    })
  }

  /** Adds a row. A returned promise must be awaited before the next row; most rows return none, which is faster. */
  add(row: ParsedRow): Promise<void> | undefined {
    this.#options.stats.read += 1
    const pending = this.#add(row)
    this.#nextLine = row.line + 1
    return pending
  }

  /** Sends the last batch as soon as fewer than `maxInFlight` are in flight. */
  async flush(): Promise<void> {
    const batch = this.#batch
    if (batch.rows.length === 0) return
    while (this.#inFlight.size >= this.#options.maxInFlight) await Promise.race(this.#inFlight.values())
    this.#inFlight.set(batch, this.#upload(batch))
    this.#batch = createBatch()
  }

  /** Records the first error and aborts the import. */
  fail(error: unknown): void {
    if (!(error instanceof InterruptedError)) this.#error ??= error
    this.#options.abortController.abort()
  }

  /**
   * Waits for the batches in flight.
   * @throws the first error of the import
   */
  async finish(): Promise<void> {
    await this.#waitForInFlight()
    this.#updateSettledLine()
    if (this.#error) throw this.#error
  }

  #add(row: ParsedRow): Promise<void> | undefined {
    if (row.line < this.#options.fromLine) {
      this.#options.stats.skipped += 1
      return undefined
    }
    if (isRejectedRow(row)) {
      this.#reject([row])
      return undefined
    }
    const uploadRow = this.#toUploadRow(row)
    if (!this.#fits(uploadRow) || this.#isIdInFlight(row.input.id)) return this.#flushAndAppend(uploadRow)
    this.#append(uploadRow)
    return undefined
  }

  #reject(rows: readonly RejectedRow[]): void {
    this.#options.rejects.add(rows)
    this.#options.stats.rejected += rows.length
  }

  /** A row always fits into an empty batch. */
  #fits({ byteLength }: UploadRow): boolean {
    const { rows, byteLength: batchBytes } = this.#batch
    const { maxRows, maxBytes } = this.#limits
    return rows.length === 0 || (rows.length < maxRows && batchBytes + byteLength <= maxBytes)
  }

  #append(row: UploadRow): void {
    this.#batch.rows.push(row)
    this.#batch.byteLength += row.byteLength
    if (row.input.id != null) this.#batch.ids.add(row.input.id)
  }

  async #flushAndAppend(row: UploadRow): Promise<void> {
    await this.flush()
    // The first of two books with the same id wins, so it must be stored before the second one is sent.
    if (this.#isIdInFlight(row.input.id)) await this.#waitForInFlight()
    this.#append(row)
    this.#updateSettledLine()
  }

  #isIdInFlight(id: UploadRow['input']['id']): boolean {
    return id != null && [...this.#inFlight.keys()].some(({ ids }) => ids.has(id))
  }

  async #upload(batch: Batch): Promise<void> {
    try {
      await this.#uploadBatch(batch.rows)
    } catch (error) {
      this.#failed.add(batch)
      this.fail(error)
    }
    this.#inFlight.delete(batch)
  }

  async #waitForInFlight(): Promise<void> {
    await Promise.all(this.#inFlight.values())
  }

  /** All lines before the first row of a batch that is not uploaded are settled. */
  #updateSettledLine(): void {
    const unsettled = [...this.#inFlight.keys(), ...this.#failed, this.#batch]
    const lines = unsettled.flatMap(({ rows }) => rows[0]?.line ?? [])
    this.#options.stats.settledBefore = Math.min(this.#nextLine, ...lines)
  }
}

/** Bytes that the idempotency key adds to a row's JSON. */
const KEY_BYTES = 80
/** 96 bits of a hash: collisions are out of the question. */
const DIGEST_LENGTH = 16
const LINE_LENGTH = 10

/**
 * Creates a function that assigns idempotency keys. The same row in the same line of the same source has the same key in
 * every run, so the API recognizes it; a corrected row has another. Keys of one source sort by line, so that the database
 * writes them next to each other.
 */
function createIdempotencyKeyAssigner(sourceName: string): (row: BookRow) => UploadRow {
  const sourceDigest = digest(sourceName)
  return function assignIdempotencyKey({ line, input }) {
    const json = JSON.stringify(input)
    const idempotencyKey = `${sourceDigest}:${String(line).padStart(LINE_LENGTH, '0')}:${digest(json)}`
    return { line, input: { ...input, idempotencyKey }, byteLength: Buffer.byteLength(json) + KEY_BYTES }
  }
}

const digest = (text: string) => hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)
