import { isUtf8 } from 'node:buffer'
import type { ParsedRow } from './book-row.ts'
import { decodeText, stripByteOrderMark } from './encoding.ts'

/** Far above the size of a valid book, whose title and author have at most 500 characters each. */
export const MAX_RECORD_BYTES = 65_536

const TOO_LONG_REASON = `The record is longer than ${MAX_RECORD_BYTES} bytes.`
const NOT_UTF8_REASON =
  'The record is not valid UTF-8. Save the file as UTF-8. (The text here is decoded as Windows-1252.)'

const LINE_FEED = 0x0a
const QUOTE = 0x22

/** The parser of one file format. */
export type RecordParser = {
  /** True when a line break inside quotes does not end a record. */
  readonly allowsQuotedLineBreaks: boolean
  /** The reason for a record that `parse` rejects. */
  readonly malformedReason: string
  /**
   * Parses complete records in valid UTF-8, each of which starts in its line. Returns undefined when one of them may be
   * malformed: the reader then passes them one by one.
   */
  readonly parse: (bytes: Buffer, lines: readonly number[]) => readonly ParsedRow[] | undefined
  /** Returns what can be read of a malformed record, for the rejects file. */
  readonly salvageValues: (record: MalformedRecord) => Readonly<Record<string, unknown>>
  /** @throws JobError at the end of an empty file */
  readonly finish: () => void
}

/** `text` is cut off one byte after the limit. */
type MalformedRecord = { readonly text: string; readonly isTooLong: boolean }

/** Rows in the order of the file, and the number of bytes that were read for them. */
export type RowChunk = { readonly rows: readonly ParsedRow[]; readonly bytes: number }

/** The extent of a record: the offset after its end, and the number of its lines. */
type RecordExtent = { readonly end: number; readonly lines: number }

/**
 * Reads rows from a stream. Holds at most one chunk and `MAX_RECORD_BYTES`, whatever the file contains.
 * A record that cannot be parsed is rejected up to the end of its line, and reading continues with the next line, so one
 * unclosed quote does not swallow the rest of the file.
 * @param isLastLineComplete asked when the last line has no line break; false leaves it unread
 */
export async function* readRowChunks(
  chunks: AsyncIterable<Buffer>,
  parser: RecordParser,
  isLastLineComplete: () => Promise<boolean>,
): AsyncGenerator<RowChunk> {
  const reader = new RecordReader(parser)
  for await (const chunk of chunks) yield { rows: reader.read(chunk), bytes: chunk.length }
  if (reader.hasUnreadBytes() && (await isLastLineComplete())) yield { rows: reader.readLast(), bytes: 0 }
  parser.finish()
}

class RecordReader {
  readonly #parser: RecordParser
  #buffer: Buffer = Buffer.alloc(0)
  #line = 1
  /** True after a line that was too long, until its end is found. */
  #isSkippingLine = false

  constructor(parser: RecordParser) {
    this.#parser = parser
  }

  read(chunk: Buffer): ParsedRow[] {
    const rest = this.#isSkippingLine ? this.#skipLine(chunk) : chunk
    this.#buffer = this.#buffer.length === 0 ? rest : Buffer.concat([this.#buffer, rest])
    return this.#readRows(false)
  }

  hasUnreadBytes(): boolean {
    return this.#buffer.length > 0
  }

  /** Reads a last record without a line break. */
  readLast(): ParsedRow[] {
    return this.#readRows(true)
  }

  #readRows(isLast: boolean): ParsedRow[] {
    const rows: ParsedRow[] = []
    let offset = this.#readMany(rows)
    while (offset < this.#buffer.length) {
      const end = this.#readOne(rows, offset, isLast)
      if (end === undefined) break
      offset = end
    }
    this.#buffer = this.#buffer.subarray(offset)
    return rows
  }

  /** Parses all complete records at once, which is faster. Returns the offset after them; 0 when one is malformed. */
  #readMany(rows: ParsedRow[]): number {
    const lines: number[] = []
    let offset = 0
    let line = this.#line
    for (;;) {
      const extent = findRecord(this.#buffer, offset, this.#parser.allowsQuotedLineBreaks)
      if (!extent || extent.end - offset > MAX_RECORD_BYTES) break
      if (!isBlank(this.#buffer, offset, extent.end)) lines.push(line)
      offset = extent.end
      line += extent.lines
    }
    const parsed = lines.length === 0 ? [] : this.#parse(this.#buffer.subarray(0, offset), lines)
    if (!parsed) return 0
    for (const row of parsed) rows.push(row)
    this.#line = line
    return offset
  }

  /** Reads one record. Returns the offset after it; undefined when its end has not arrived. */
  #readOne(rows: ParsedRow[], offset: number, isLast: boolean): number | undefined {
    const buffer = this.#buffer
    const { allowsQuotedLineBreaks } = this.#parser
    const extent =
      findRecord(buffer, offset, allowsQuotedLineBreaks) ??
      (isLast ? findLastRecord(buffer, offset, allowsQuotedLineBreaks) : undefined)
    if (!extent && !isLast && buffer.length - offset <= MAX_RECORD_BYTES) return undefined
    if (!extent || extent.end - offset > MAX_RECORD_BYTES) return this.#rejectLine(rows, offset, isLast)
    const parsed = isBlank(buffer, offset, extent.end)
      ? []
      : this.#parse(buffer.subarray(offset, extent.end), [this.#line])
    if (!parsed) return this.#rejectLine(rows, offset, isLast)
    rows.push(...parsed)
    this.#line += extent.lines
    return extent.end
  }

  #parse(bytes: Buffer, lines: readonly number[]): readonly ParsedRow[] | undefined {
    const text = lines[0] === 1 ? stripByteOrderMark(bytes) : bytes
    return isUtf8(text) ? this.#parser.parse(text, lines) : undefined
  }

  #rejectLine(rows: ParsedRow[], offset: number, isLast: boolean): number {
    const lineFeed = this.#buffer.indexOf(LINE_FEED, offset)
    const end = lineFeed < 0 ? this.#buffer.length : lineFeed + 1
    const bytes = this.#buffer.subarray(offset, Math.min(end, offset + MAX_RECORD_BYTES + 1))
    const isTooLong = bytes.length > MAX_RECORD_BYTES
    const reason = isUtf8(bytes) ? this.#parser.malformedReason : NOT_UTF8_REASON
    rows.push({
      line: this.#line,
      reason: isTooLong ? TOO_LONG_REASON : reason,
      values: this.#parser.salvageValues({ text: decodeText(bytes), isTooLong }),
    })
    this.#isSkippingLine = lineFeed < 0 && !isLast
    if (lineFeed >= 0) this.#line += 1
    return end
  }

  #skipLine(chunk: Buffer): Buffer {
    const lineFeed = chunk.indexOf(LINE_FEED)
    if (lineFeed < 0) return chunk.subarray(chunk.length)
    this.#isSkippingLine = false
    this.#line += 1
    return chunk.subarray(lineFeed + 1)
  }
}

/** Finds the record that starts at an offset; returns undefined when its end has not arrived. */
function findRecord(
  bytes: Buffer,
  offset: number,
  allowsQuotedLineBreaks: boolean,
): RecordExtent | undefined {
  let lines = 0
  let isQuoted = false
  for (let i = offset; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) isQuoted = allowsQuotedLineBreaks && !isQuoted
    else if (byte === LINE_FEED) {
      lines += 1
      if (!isQuoted) return { end: i + 1, lines }
    }
  }
  return undefined
}

/** Returns all remaining bytes as one record; undefined when a quote is not closed. */
function findLastRecord(
  bytes: Buffer,
  offset: number,
  allowsQuotedLineBreaks: boolean,
): RecordExtent | undefined {
  let isQuoted = false
  for (let i = offset; i < bytes.length; i++)
    if (bytes[i] === QUOTE) isQuoted = allowsQuotedLineBreaks && !isQuoted
  return isQuoted ? undefined : { end: bytes.length, lines: 1 }
}

const isBlank = (bytes: Buffer, start: number, end: number) =>
  end - start <= 2 && /^\r?\n?$/.test(bytes.toString('latin1', start, end))
