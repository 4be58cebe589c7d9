import { isUtf8 } from 'node:buffer'
import type { ParsedRow, RejectedRow } from './book-row.ts'
import { decodeText } from './encoding.ts'
import { JobError } from './errors.ts'

/** Far above the size of a valid book, whose title and author have at most 500 characters each. */
export const MAX_RECORD_BYTES = 65_536

const TOO_LONG_REASON = `The record is longer than ${MAX_RECORD_BYTES} bytes.`
const NOT_UTF8_REASON =
  'The record is not valid UTF-8. Save the file as UTF-8. (The text here is decoded as Windows-1252.)'

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)
const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a
const QUOTE = 0x22

export type RecordParser = {
  /** True when a line break inside quotes does not end a record. */
  readonly allowsQuotedLineBreaks: boolean
  /** The reason for a record that `parse` rejects. */
  readonly malformedReason: string
  readonly emptyFileReason: string
  /**
   * Parses complete records in valid UTF-8, each of which starts in its line. Returns undefined when one of them may be
   * malformed: the reader then passes them one by one.
   */
  readonly parse: (bytes: Buffer, lines: readonly number[]) => readonly ParsedRow[] | undefined
  /** Returns what can be read of a malformed record, for the rejects file. `text` is cut off one byte after the limit. */
  readonly salvageValues: (text: string, isTooLong: boolean) => RejectedRow['values']
}

/**
 * Yields rows in the order of the file, and the number of bytes that were read for them. Holds at most one chunk and
 * `MAX_RECORD_BYTES`, whatever the file contains.
 * A record that cannot be parsed is rejected up to the end of its line, and reading continues with the next line, so one
 * unclosed quote does not swallow the rest of the file.
 * @param shouldReadUnterminatedLine called when the last line has no line break; false leaves it unread
 * @throws JobError when the stream is empty
 */
export async function* readRowChunks(
  chunks: AsyncIterable<Buffer>,
  parser: RecordParser,
  shouldReadUnterminatedLine: () => boolean,
) {
  const reader = new RecordReader(parser)
  for await (const chunk of chunks)
    yield { rows: reader.read(chunk), bytes: chunk.length, isLineUnread: false }
  if (reader.hasUnreadBytes) {
    const isLineUnread = !shouldReadUnterminatedLine()
    yield { rows: isLineUnread ? [] : reader.readLast(), bytes: 0, isLineUnread }
  }
  if (reader.isEmpty && !reader.hasUnreadBytes) throw new JobError(parser.emptyFileReason)
}

class RecordReader {
  /** True until a record was found. */
  isEmpty = true
  readonly #parser: RecordParser
  #buffer: Buffer = Buffer.alloc(0)
  #line = 1
  /** True after a line that was too long, until its end is found. */
  #isSkippingLine = false

  constructor(parser: RecordParser) {
    this.#parser = parser
  }

  get hasUnreadBytes(): boolean {
    return this.#buffer.length > 0
  }

  read(chunk: Buffer): ParsedRow[] {
    const rest = this.#isSkippingLine ? this.#skipLine(chunk) : chunk
    this.#buffer = Buffer.concat([this.#buffer, rest])
    return this.#readRows(false)
  }

  /** Reads a last record without a line break. */
  readLast(): ParsedRow[] {
    this.#buffer = Buffer.concat([this.#buffer, Buffer.of(LINE_FEED)])
    return this.#readRows(true)
  }

  #readRows(isLast: boolean): ParsedRow[] {
    const rows: ParsedRow[] = []
    let offset = 0
    // Parsing all complete records at once is faster, but impossible when one of them is malformed.
    let maxRecords = Number.POSITIVE_INFINITY
    while (offset < this.#buffer.length) {
      const { end, lines, nextLine } = this.#findRecords(offset, maxRecords)
      const hasRecords = end > offset
      if (!hasRecords && !isLast && this.#buffer.length - offset <= MAX_RECORD_BYTES) break
      const parsed = hasRecords ? this.#parse(this.#buffer.subarray(offset, end), lines) : undefined
      if (parsed) {
        for (const row of parsed) rows.push(row)
        offset = end
        this.#line = nextLine
      } else if (hasRecords && maxRecords > 1) {
        maxRecords = 1
      } else {
        offset = this.#rejectLine(rows, offset)
      }
    }
    this.#buffer = this.#buffer.subarray(offset)
    return rows
  }

  /** Finds complete records of at most `MAX_RECORD_BYTES`, and the lines where those that are not blank start. */
  #findRecords(offset: number, maxRecords: number) {
    const bytes = this.#buffer
    const lines: number[] = []
    let end = offset
    let nextLine = this.#line
    let currentLine = nextLine
    let recordCount = 0
    let isQuoted = false
    for (let i = offset; i < bytes.length && recordCount < maxRecords; i++) {
      if (bytes[i] === QUOTE) isQuoted = this.#parser.allowsQuotedLineBreaks && !isQuoted
      if (bytes[i] !== LINE_FEED) continue
      currentLine += 1
      if (isQuoted) continue
      const length = i + 1 - end
      if (length > MAX_RECORD_BYTES) break
      const isBlank = length === 1 || (length === 2 && bytes[end] === CARRIAGE_RETURN)
      if (!isBlank) lines.push(nextLine)
      recordCount += 1
      end = i + 1
      nextLine = currentLine
    }
    return { end, lines, nextLine }
  }

  #parse(bytes: Buffer, lines: readonly number[]): readonly ParsedRow[] | undefined {
    if (lines.length === 0) return []
    const hasByteOrderMark = lines[0] === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)
    const text = hasByteOrderMark ? bytes.subarray(3) : bytes
    const parsed = isUtf8(text) ? this.#parser.parse(text, lines) : undefined
    if (parsed) this.isEmpty = false
    return parsed
  }

  /** Rejects the rest of a line. Returns the offset after it. */
  #rejectLine(rows: ParsedRow[], offset: number): number {
    const lineFeed = this.#buffer.indexOf(LINE_FEED, offset)
    const end = lineFeed < 0 ? this.#buffer.length : lineFeed + 1
    const bytes = this.#buffer.subarray(offset, Math.min(end, offset + MAX_RECORD_BYTES + 1))
    const isTooLong = bytes.length > MAX_RECORD_BYTES
    const reason = isUtf8(bytes) ? this.#parser.malformedReason : NOT_UTF8_REASON
    rows.push({
      line: this.#line,
      reason: isTooLong ? TOO_LONG_REASON : reason,
      values: this.#parser.salvageValues(decodeText(bytes), isTooLong),
    })
    this.isEmpty = false
    this.#isSkippingLine = lineFeed < 0
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
