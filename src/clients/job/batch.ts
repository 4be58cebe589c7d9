import { hash } from 'node:crypto'
import type { AddBookInput } from '../../generated/job/graphql.ts'
import type { BookRow } from './book-row.ts'

/** A row under its key, and how many bytes it takes in a request. */
export type KeyedRow = BookRow & { readonly bytes: number }

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
export function keyed(name: string): (row: BookRow) => KeyedRow {
  const source = digestOf(name)
  return function withKey({ line, input }) {
    const json = JSON.stringify(input)
    const idempotencyKey = `${source}:${String(line).padStart(LINE_LENGTH, '0')}:${digestOf(json)}`
    return { line, input: { ...input, idempotencyKey }, bytes: Buffer.byteLength(json) + KEY_BYTES }
  }
}

const digestOf = (text: string) => hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH)

/** Rows for one request. */
export type Batch = {
  readonly rows: KeyedRow[]
  readonly ids: ReadonlySet<AddBookInput['id']>
  readonly fits: (row: KeyedRow) => boolean
  readonly add: (row: KeyedRow) => void
}

/** How much one request takes. It becomes less when the API says that it was too much. */
export type BatchLimits = { rows: number; bytes: number }

/** The API's own limits, if nobody changed them, are 1,000 books and 262,144 bytes. */
export const startLimits = (): BatchLimits => ({ rows: 500, bytes: 200_000 })

/** An empty batch; a row always fits into that. */
export function createBatch(limits: BatchLimits): Batch {
  const rows: KeyedRow[] = []
  const ids = new Set<AddBookInput['id']>()
  let bytes = 0
  return {
    rows,
    ids,
    fits: (row) => rows.length === 0 || (rows.length < limits.rows && bytes + row.bytes <= limits.bytes),
    add(row) {
      rows.push(row)
      bytes += row.bytes
      if (row.input.id != null) ids.add(row.input.id)
    },
  }
}
