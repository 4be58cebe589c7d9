/** What comes of a file: titles that are stored, in any order, and rejected lines with their reasons; or a fault. */
type Outcome =
  | {
      readonly stored: readonly string[]
      readonly rejected?: readonly (readonly [line: number, reason: RegExp])[]
    }
  | { readonly fault: RegExp }

/** A file and what comes of it. Its author is the number, so that nobody else's books are counted. Permanent numbers. */
export type ImportCase = readonly [
  id: string,
  what: string,
  name: 'books.csv' | 'books.jsonl',
  content: string | Buffer,
  outcome: Outcome,
]

const HEADER = 'id,title,author,cost,num_pages'
export const csvFile = (...lines: readonly string[]) => `${[HEADER, ...lines].join('\n')}\n`
export const manyCsvLines = (count: number, author: string) =>
  Array.from({ length: count }, (_, i) => `,many ${i},${author},1.00,1`)
export const LATIN1_BYTES = Buffer.from('caf\xe9', 'latin1')
export const surroundBytes = (before: string, middle: Buffer, after: string) =>
  Buffer.concat([Buffer.from(before), middle, Buffer.from(after)])
export const NOT_UTF8_MESSAGE = /not UTF-8/
export const UNMATCHED_QUOTES_MESSAGE = /quotes do not match/
