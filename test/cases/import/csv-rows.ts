import {
  csvFile,
  type ImportCase,
  LATIN1_BYTES,
  manyCsvLines,
  NOT_UTF8_MESSAGE,
  surroundBytes,
  UNMATCHED_QUOTES_MESSAGE,
} from './import-case.ts'

/** CSV with rows that are rejected, and others that are not. */
export const INVALID_CSV_ROWS: readonly ImportCase[] = [
  [
    'I30',
    'Latin-1',
    'books.csv',
    surroundBytes(
      csvFile(',a,I30,1,1'),
      Buffer.concat([Buffer.from(','), LATIN1_BYTES]),
      ',I30,1,1\n,b,I30,1,1\n',
    ),
    { stored: ['a', 'b'], rejected: [[3, NOT_UTF8_MESSAGE]] },
  ],
  [
    'I31',
    'a quote that is not closed',
    'books.csv',
    csvFile(',a,I31,1,1', ',"b,I31,1,1', ',c,I31,1,1'),
    { stored: ['a', 'c'], rejected: [[3, UNMATCHED_QUOTES_MESSAGE]] },
  ],
  [
    'I32',
    'a quote that is not closed, before others that are',
    'books.csv',
    csvFile(',"a,I32,1,1', ',"b, c",I32,1,1', ',d,I32,1,1'),
    { stored: ['b, c', 'd'], rejected: [[2, UNMATCHED_QUOTES_MESSAGE]] },
  ],
  [
    'I33',
    'text behind a quote',
    'books.csv',
    csvFile(',"a"b,I33,1,1', ',"c",I33,1,1'),
    { stored: ['c'], rejected: [[2, UNMATCHED_QUOTES_MESSAGE]] },
  ],
  [
    'I34',
    'a quote in the middle',
    'books.csv',
    csvFile(',5" disks,I34,1,1', ',b,I34,1,1'),
    { stored: ['b'], rejected: [[2, UNMATCHED_QUOTES_MESSAGE]] },
  ],
  [
    'I35',
    'a field of 1 MB',
    'books.csv',
    csvFile(`,${'x'.repeat(1_000_000)},I35,1,1`, ',b,I35,1,1', ',c,I35,x,1'),
    {
      stored: ['b'],
      rejected: [
        [2, /longer than 65536 bytes/],
        [4, /cost/],
      ],
    },
  ],
  [
    'I36',
    'a quote that is not closed, and much behind it',
    'books.csv',
    csvFile(',"a,I36,1,1', ...manyCsvLines(5_000, 'I36')),
    {
      stored: manyCsvLines(5_000, 'I36').map((_, i) => `many ${i}`),
      rejected: [[2, UNMATCHED_QUOTES_MESSAGE]],
    },
  ],
  [
    'I37',
    'a quoted field that is too long, in lines',
    'books.csv',
    csvFile(`,"${'x'.repeat(70_000)}`, 'y",I37,1,1', ',b,I37,1,1'),
    {
      stored: ['b'],
      rejected: [
        [2, /longer than 65536 bytes/],
        [3, UNMATCHED_QUOTES_MESSAGE],
      ],
    },
  ],
  [
    'I38',
    'too few and too many columns',
    'books.csv',
    csvFile(',a,I38,1', ',b, c,I38,1,1', ',d,I38,1,1'),
    {
      stored: ['d'],
      rejected: [
        [2, /4 columns.*5/],
        [3, /6 columns/],
      ],
    },
  ],
  [
    'I39',
    'costs that are no numbers',
    'books.csv',
    csvFile(
      ...['', '0x10', 'NaN', '"7,99"', '$7.99', '1e2', 'Infinity', '.5'].map((cost) => `,a,I39,${cost},1`),
    ),
    {
      stored: [],
      rejected: [2, 3, 4, 5, 6, 7, 8, 9].map((line) => [line, /cost: must be a number/] as const),
    },
  ],
  [
    'I40',
    'pages that are no whole numbers',
    'books.csv',
    csvFile(...['', '1.5', '2147483648', '1e3'].map((pages) => `,a,I40,1,${pages}`)),
    { stored: [], rejected: [2, 3, 4, 5].map((line) => [line, /num_pages: must be a whole/] as const) },
  ],
  [
    'I41',
    'what the API does not take',
    'books.csv',
    csvFile(',a,I41,7.999,0', ',,I41,1,1', `,${'x'.repeat(501)},I41,1,1`, ',b,I41,1,1', '0,c,I41,1,1'),
    {
      stored: ['b'],
      rejected: [
        [2, /cost: .*num_pages: /],
        [3, /title: /],
        [4, /title: /],
        [6, /id: /],
      ],
    },
  ],
  [
    'I42',
    'an id that is taken',
    'books.csv',
    csvFile('1,a,I42,1,1', ',b,I42,1,1'),
    { stored: ['b'], rejected: [[2, /id: The id 1 is taken/]] },
  ],
  [
    'I43',
    'the same id twice',
    'books.csv',
    csvFile('3000000,a,I43,1,1', '3000000,b,I43,1,1', ',c,I43,1,1'),
    { stored: ['a', 'c'], rejected: [[3, /id: The id 3000000 is taken/]] },
  ],
  [
    'I44',
    'the same id twice, far apart',
    'books.csv',
    csvFile('4000000,a,I44,1,1', ...manyCsvLines(1_200, 'I44x'), '4000000,b,I44,1,1'),
    { stored: ['a'], rejected: [[1_203, /is taken/]] },
  ],
  [
    'I45',
    'a NUL',
    'books.csv',
    csvFile(',a\0b,I45,1,1', ',c,I45,1,1'),
    { stored: ['c'], rejected: [[2, /title: /]] },
  ],
]
