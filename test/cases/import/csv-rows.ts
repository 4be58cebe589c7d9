import {
  csvFile,
  type ImportCase,
  LATIN1_BYTES,
  manyCsvLines,
  NOT_UTF8_MESSAGE,
  surroundBytes,
  UNBALANCED_QUOTES_MESSAGE,
} from './import-case.ts'

/** CSV files with invalid rows among valid ones. */
export const INVALID_CSV_ROWS: readonly ImportCase[] = [
  {
    id: 'import/I30',
    title: 'a row in Latin-1',
    fileName: 'books.csv',
    content: surroundBytes(
      csvFile(',a,I30,1,1'),
      Buffer.concat([Buffer.from(','), LATIN1_BYTES]),
      ',I30,1,1\n,b,I30,1,1\n',
    ),
    expected: { stored: ['a', 'b'], rejected: [{ line: 3, reason: NOT_UTF8_MESSAGE }] },
  },
  {
    id: 'import/I31',
    title: 'an unclosed quote',
    fileName: 'books.csv',
    content: csvFile(',a,I31,1,1', ',"b,I31,1,1', ',c,I31,1,1'),
    expected: { stored: ['a', 'c'], rejected: [{ line: 3, reason: UNBALANCED_QUOTES_MESSAGE }] },
  },
  {
    id: 'import/I32',
    title: 'an unclosed quote before closed ones',
    fileName: 'books.csv',
    content: csvFile(',"a,I32,1,1', ',"b, c",I32,1,1', ',d,I32,1,1'),
    expected: { stored: ['b, c', 'd'], rejected: [{ line: 2, reason: UNBALANCED_QUOTES_MESSAGE }] },
  },
  {
    id: 'import/I33',
    title: 'text after a closing quote',
    fileName: 'books.csv',
    content: csvFile(',"a"b,I33,1,1', ',"c",I33,1,1'),
    expected: { stored: ['c'], rejected: [{ line: 2, reason: UNBALANCED_QUOTES_MESSAGE }] },
  },
  {
    id: 'import/I34',
    title: 'a quote inside an unquoted field',
    fileName: 'books.csv',
    content: csvFile(',5" disks,I34,1,1', ',b,I34,1,1'),
    expected: { stored: ['b'], rejected: [{ line: 2, reason: UNBALANCED_QUOTES_MESSAGE }] },
  },
  {
    id: 'import/I35',
    title: 'a field of 1 MB',
    fileName: 'books.csv',
    content: csvFile(`,${'x'.repeat(1_000_000)},I35,1,1`, ',b,I35,1,1', ',c,I35,x,1'),
    expected: {
      stored: ['b'],
      rejected: [
        { line: 2, reason: /longer than 65536 bytes/ },
        { line: 4, reason: /cost/ },
      ],
    },
  },
  {
    id: 'import/I36',
    title: 'an unclosed quote before many rows',
    fileName: 'books.csv',
    content: csvFile(',"a,I36,1,1', ...manyCsvLines(5_000, 'I36')),
    expected: {
      stored: manyCsvLines(5_000, 'I36').map((_, i) => `many ${i}`),
      rejected: [{ line: 2, reason: UNBALANCED_QUOTES_MESSAGE }],
    },
  },
  {
    id: 'import/I37',
    title: 'a quoted field that is too long and spans lines',
    fileName: 'books.csv',
    content: csvFile(`,"${'x'.repeat(70_000)}`, 'y",I37,1,1', ',b,I37,1,1'),
    expected: {
      stored: ['b'],
      rejected: [
        { line: 2, reason: /longer than 65536 bytes/ },
        { line: 3, reason: UNBALANCED_QUOTES_MESSAGE },
      ],
    },
  },
  {
    id: 'import/I38',
    title: 'too few and too many columns',
    fileName: 'books.csv',
    content: csvFile(',a,I38,1', ',b, c,I38,1,1', ',d,I38,1,1'),
    expected: {
      stored: ['d'],
      rejected: [
        { line: 2, reason: /4 columns.*5/ },
        { line: 3, reason: /6 columns/ },
      ],
    },
  },
  {
    id: 'import/I39',
    title: 'costs that are not numbers',
    fileName: 'books.csv',
    content: csvFile(
      ...['', '0x10', 'NaN', '"7,99"', '$7.99', '1e2', 'Infinity', '.5'].map((cost) => `,a,I39,${cost},1`),
    ),
    expected: {
      stored: [],
      rejected: [2, 3, 4, 5, 6, 7, 8, 9].map((line) => ({ line, reason: /cost: must be a number/ })),
    },
  },
  {
    id: 'import/I40',
    title: 'page counts that are not whole numbers',
    fileName: 'books.csv',
    content: csvFile(...['', '1.5', '2147483648', '1e3'].map((pages) => `,a,I40,1,${pages}`)),
    expected: {
      stored: [],
      rejected: [2, 3, 4, 5].map((line) => ({ line, reason: /num_pages: must be a whole/ })),
    },
  },
  {
    id: 'import/I41',
    title: 'values that the API rejects',
    fileName: 'books.csv',
    content: csvFile(
      ',a,I41,7.999,0',
      ',,I41,1,1',
      `,${'x'.repeat(501)},I41,1,1`,
      ',b,I41,1,1',
      '0,c,I41,1,1',
    ),
    expected: {
      stored: ['b'],
      rejected: [
        { line: 2, reason: /cost: .*num_pages: / },
        { line: 3, reason: /title: / },
        { line: 4, reason: /title: / },
        { line: 6, reason: /id: / },
      ],
    },
  },
  {
    id: 'import/I42',
    title: 'an id that is taken',
    fileName: 'books.csv',
    content: csvFile('1,a,I42,1,1', ',b,I42,1,1'),
    expected: { stored: ['b'], rejected: [{ line: 2, reason: /id: The id 1 is taken/ }] },
  },
  {
    id: 'import/I43',
    title: 'a duplicate id',
    fileName: 'books.csv',
    content: csvFile('3000000,a,I43,1,1', '3000000,b,I43,1,1', ',c,I43,1,1'),
    expected: { stored: ['a', 'c'], rejected: [{ line: 3, reason: /id: The id 3000000 is taken/ }] },
  },
  {
    id: 'import/I44',
    title: 'a duplicate id in a later batch',
    fileName: 'books.csv',
    content: csvFile('4000000,a,I44,1,1', ...manyCsvLines(1_200, 'I44x'), '4000000,b,I44,1,1'),
    expected: { stored: ['a'], rejected: [{ line: 1_203, reason: /is taken/ }] },
  },
  {
    id: 'import/I45',
    title: 'a NUL character',
    fileName: 'books.csv',
    content: csvFile(',a\0b,I45,1,1', ',c,I45,1,1'),
    expected: { stored: ['c'], rejected: [{ line: 2, reason: /title: / }] },
  },
  {
    id: 'import/I55',
    title: 'controls of text direction and of terminals',
    fileName: 'books.csv',
    content: csvFile(',a\u202eb,I55,1,1', ',c,I55,1,1', ',a\u001b[2J,I55\u2067,1,1'),
    expected: {
      stored: ['c'],
      rejected: [
        { line: 2, reason: /title: .*U\+202E/ },
        { line: 4, reason: /title: .*U\+001B.* author: .*U\+2067/ },
      ],
    },
  },
]
