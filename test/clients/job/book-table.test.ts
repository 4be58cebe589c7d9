import { expect, test } from '@jest/globals'
import measureWidth from 'fast-string-truncated-width'
import { createTableFormatter } from '../../../src/clients/job/book-table.ts'

const BOOK = { id: '1', title: 'Emma', author: 'Jane Austen', cost: 7.99, numPages: 474 }

const WIDE_BOOKS = [
  { id: 'job/W01', title: 'a long title', book: { title: 'x'.repeat(500) } },
  { id: 'job/W02', title: 'a long author', book: { author: 'x'.repeat(500) } },
  { id: 'job/W03', title: 'the largest numbers', book: { id: '9007199254740991', cost: 1e6, numPages: 1e5 } },
  {
    id: 'job/W04',
    title: 'wide characters',
    book: { title: '紅樓夢'.repeat(20), author: '曹雪芹'.repeat(9) },
  },
  { id: 'job/W05', title: 'emoji', book: { title: '📚👩‍👩‍👧'.repeat(30) } },
  { id: 'job/W06', title: 'control characters', book: { title: '\u001b[2J\u202ea\nb\u2028c' } },
]
test.each(WIDE_BOOKS)('$id aligns a row with $title to the terminal', ({ book }) => {
  for (const width of [40, 60, 80, 81, 200]) {
    const { header, formatRow } = createTableFormatter(width)
    const lines = [header, formatRow(BOOK), formatRow({ ...BOOK, ...book })]
    expect(lines.map((line) => measureWidth(line).width)).toEqual([width, width, width])
    for (const line of lines) expect(line).toMatch(/^[^\p{Cc}\p{Bidi_Control}\u2028]+\n$/u)
  }
})

test('cuts nothing when standard output is not a terminal', () => {
  const { formatRow } = createTableFormatter(undefined)
  expect(formatRow({ ...BOOK, title: 'x'.repeat(500) })).toContain('x'.repeat(500))
  expect(formatRow(BOOK)).toBe(createTableFormatter(80).formatRow(BOOK))
})
