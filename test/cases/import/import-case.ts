/** The titles of stored books, in any order, and the rejected lines; or the error of a file that is rejected whole. */
type ImportExpectation =
  | {
      readonly stored: readonly string[]
      readonly rejected?: readonly { readonly line: number; readonly reason: RegExp }[]
    }
  | { readonly error: RegExp }

/** A file and its import result. The books' author is the number in the id, by which a test finds them. */
export type ImportCase = {
  /** Permanent. */
  readonly id: string
  readonly title: string
  readonly fileName: 'books.csv' | 'books.jsonl'
  readonly content: string | Buffer
  readonly expected: ImportExpectation
}

const HEADER = 'id,title,author,cost,num_pages'
export const csvFile = (...lines: readonly string[]) => `${[HEADER, ...lines].join('\n')}\n`
export const manyCsvLines = (count: number, author: string) =>
  Array.from({ length: count }, (_, i) => `,many ${i},${author},1.00,1`)
export const LATIN1_BYTES = Buffer.from('caf\xe9', 'latin1')
export const surroundBytes = (before: string, middle: Buffer, after: string) =>
  Buffer.concat([Buffer.from(before), middle, Buffer.from(after)])
export const NOT_UTF8_MESSAGE = /not valid UTF-8/
export const UNBALANCED_QUOTES_MESSAGE = /quotes are unbalanced/
