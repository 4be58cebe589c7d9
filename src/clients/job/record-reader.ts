import type { ParsedRow } from './book-row.ts'

/** Far beyond the largest book, whose title and author have 500 characters each; bytes. */
export const MAX_RECORD_BYTES = 65_536
export const RECORD_TOO_LONG = `it is longer than ${MAX_RECORD_BYTES} bytes.`

const LINE_FEED = 0x0a
const QUOTE = 0x22

/** How a format's records are told apart and read. */
export type RecordParser = {
  /** Whether a line's end inside of quotes is not a record's end. */
  readonly allowsQuotedLineBreaks: boolean
  /**
   * The rows of these whole records, of which each begins in its line; undefined when they must be read one by one,
   * and of a single one when it is not well-formed.
   */
  readonly parse: (bytes: Buffer, lines: readonly number[]) => readonly ParsedRow[] | undefined
  /** What becomes of a line in which no record begins that can be read. */
  readonly rejectMalformed: (line: number, bytes: Buffer) => ParsedRow
  /** @throws JobError at the end of a file in which nothing stood */
  readonly finish: () => void
}

/** Rows in the order of the file, and how many bytes were read for them. */
export type RowChunk = { readonly rows: readonly ParsedRow[]; readonly bytes: number }

type Frame = { readonly next: number; readonly lines: number }

/**
 * Reads a stream piece by piece; what it holds is bounded by a piece and `MAX_RECORD`, whatever stands in the file.
 * A record that is too long, or whose quotes don't match, costs its first line: reading goes on at the line behind it.
 * @param isLastLineComplete asked when the last line has no end, whether it is to be taken for a whole one
 */
export async function* readRowChunks(
  chunks: AsyncIterable<Buffer>,
  parser: RecordParser,
  isLastLineComplete: () => Promise<boolean>,
): AsyncGenerator<RowChunk> {
  const reader = new RecordReader(parser)
  for await (const chunk of chunks) yield { rows: reader.take(chunk), bytes: chunk.length }
  if (reader.pending() && (await isLastLineComplete())) yield { rows: reader.end(), bytes: 0 }
  parser.finish()
}

class RecordReader {
  readonly #reading: RecordParser
  #held: Buffer = Buffer.alloc(0)
  #line = 1
  /** Behind a line that was too long, until its end is found. */
  #skipping = false

  constructor(reading: RecordParser) {
    this.#reading = reading
  }

  take(chunk: Buffer): ParsedRow[] {
    const rest = this.#skipping ? this.#behindLine(chunk) : chunk
    this.#held = this.#held.length === 0 ? rest : Buffer.concat([this.#held, rest])
    return this.#rows(false)
  }

  /** Whether something stands behind the last line's end. */
  pending(): boolean {
    return this.#held.length > 0
  }

  /** What stands there. */
  end(): ParsedRow[] {
    return this.#rows(true)
  }

  #rows(last: boolean): ParsedRow[] {
    const rows: ParsedRow[] = []
    let at = this.#readMany(rows)
    while (at < this.#held.length) {
      const next = this.#readOne(rows, at, last)
      if (next === undefined) break
      at = next
    }
    this.#held = this.#held.subarray(at)
    return rows
  }

  /** As many records as can be read at once; how far they reach. */
  #readMany(rows: ParsedRow[]): number {
    const lines: number[] = []
    let at = 0
    let line = this.#line
    for (;;) {
      const frame = nextFrame(this.#held, at, this.#reading.allowsQuotedLineBreaks)
      if (!frame || frame.next - at > MAX_RECORD_BYTES) break
      if (!isBlank(this.#held, at, frame.next)) lines.push(line)
      at = frame.next
      line += frame.lines
    }
    const read = lines.length === 0 ? [] : this.#reading.parse(this.#held.subarray(0, at), lines)
    if (!read) return 0
    for (const row of read) rows.push(row)
    this.#line = line
    return at
  }

  /** Reads the record at this place; how far it reaches, undefined when it must be left to what follows. */
  #readOne(rows: ParsedRow[], at: number, last: boolean): number | undefined {
    const held = this.#held
    const { allowsQuotedLineBreaks, parse } = this.#reading
    const frame =
      nextFrame(held, at, allowsQuotedLineBreaks) ??
      (last ? remainder(held, at, allowsQuotedLineBreaks) : undefined)
    if (!frame && !last && held.length - at <= MAX_RECORD_BYTES) return undefined
    if (!frame || frame.next - at > MAX_RECORD_BYTES) return this.#leaveLine(rows, at, last)
    const isNone = isBlank(held, at, frame.next)
    const found = isNone ? [] : parse(held.subarray(at, frame.next), [this.#line])
    if (!found) return this.#leaveLine(rows, at, last)
    rows.push(...found)
    this.#line += frame.lines
    return frame.next
  }

  #leaveLine(rows: ParsedRow[], at: number, last: boolean): number {
    const end = this.#held.indexOf(LINE_FEED, at)
    const next = end < 0 ? this.#held.length : end + 1
    const bytes = this.#held.subarray(at, Math.min(next, at + MAX_RECORD_BYTES + 1))
    rows.push(this.#reading.rejectMalformed(this.#line, bytes))
    this.#skipping = end < 0 && !last
    if (end >= 0) this.#line += 1
    return next
  }

  #behindLine(chunk: Buffer): Buffer {
    const end = chunk.indexOf(LINE_FEED)
    if (end < 0) return chunk.subarray(chunk.length)
    this.#skipping = false
    this.#line += 1
    return chunk.subarray(end + 1)
  }
}

/** The record that begins here, up to behind its end; undefined when that is not in sight. */
function nextFrame(bytes: Buffer, at: number, quotes: boolean): Frame | undefined {
  let lines = 0
  let quoted = false
  for (let i = at; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) quoted = quotes && !quoted
    else if (byte === LINE_FEED) {
      lines += 1
      if (!quoted) return { next: i + 1, lines }
    }
  }
  return undefined
}

/** All that is left, when it has no open quote. */
function remainder(bytes: Buffer, at: number, quotes: boolean): Frame | undefined {
  let quoted = false
  for (let i = at; i < bytes.length; i++) if (bytes[i] === QUOTE) quoted = quotes && !quoted
  return quoted ? undefined : { next: bytes.length, lines: 1 }
}

const isBlank = (bytes: Buffer, at: number, next: number) =>
  next - at <= 2 && /^\r?\n?$/.test(bytes.toString('latin1', at, next))
