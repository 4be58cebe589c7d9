import { hash } from 'node:crypto'
import type { AddBookInput } from '../../generated/job/graphql.ts'
import type { BookRow } from './book-row.ts'

/** A row under its key, and how many bytes it takes in a request. */
export type UploadRow = BookRow & { readonly byteLength: number }

/** What a key adds to a row's JSON. */
const KEY_BYTES = 80
/** 96 bits of a hash: nobody's rows are taken for another's by chance. */
const DIGEST_LENGTH = 16
const LINE_LENGTH = 10

/**
 * Gives rows their keys: the same row in the same line of the same source has the same key in every run, so that the
 * API knows it again; a row that was mended has another. Keys of one source come in an order: where they are kept, the
 * next ones are beside the last.
 */
export function createIdempotencyKeyAssigner(sourceName: string): (row: BookRow) => UploadRow {
  const source = digestOf(sourceName)
  return function withKey({ line, input }) {
    const json = JSON.stringify(input)
    const idempotencyKey = `${source}:${String(line).padStart(LINE_LENGTH, '0')}:${digestOf(json)}`
    return { line, input: { ...input, idempotencyKey }, byteLength: Buffer.byteLength(json) + KEY_BYTES }
  }
}

const digestOf = (text: string) => hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)

/** Rows for one request. */
export type Batch = {
  readonly rows: UploadRow[]
  readonly ids: ReadonlySet<AddBookInput['id']>
  readonly fits: (row: UploadRow) => boolean
  readonly add: (row: UploadRow) => void
}

/** How much one request takes. It becomes less when the API says that it was too much. */
export type BatchLimits = { maxRows: number; maxBytes: number }

/** The API's own limits, if nobody changed them, are 1,000 books and 262,144 bytes. */
export const createBatchLimits = (): BatchLimits => ({ maxRows: 500, maxBytes: 200_000 })

/** An empty batch; a row always fits into that. */
export function createBatch(limits: BatchLimits): Batch {
  const rows: UploadRow[] = []
  const ids = new Set<AddBookInput['id']>()
  let bytes = 0
  return {
    rows,
    ids,
    fits: (row) =>
      rows.length === 0 || (rows.length < limits.maxRows && bytes + row.byteLength <= limits.maxBytes),
    add(row) {
      rows.push(row)
      bytes += row.byteLength
      if (row.input.id != null) ids.add(row.input.id)
    },
  }
}
