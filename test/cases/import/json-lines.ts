import { type ImportCase, LATIN1_BYTES, NOT_UTF8_MESSAGE, surroundBytes } from './import-case.ts'

/** JSON lines files with invalid lines among valid ones. */
export const INVALID_JSON_LINES: readonly ImportCase[] = [
  {
    id: 'import/I46',
    title: 'lines that are not JSON or not an object',
    fileName: 'books.jsonl',
    content: '{"title":\n[1]\nnull\n"a"\n{"title":"b","author":"I46","cost":1,"num_pages":1}\n',
    expected: {
      stored: ['b'],
      rejected: [
        { line: 1, reason: /not JSON/ },
        { line: 2, reason: /object/ },
        { line: 3, reason: /object/ },
        { line: 4, reason: /object/ },
      ],
    },
  },
  {
    id: 'import/I47',
    title: 'an unknown JSON key',
    fileName: 'books.jsonl',
    content: '{"title":"a","author":"I47","cost":1,"numPages":1}\n',
    expected: { stored: [], rejected: [{ line: 1, reason: /numPages.*num_pages/ }] },
  },
  {
    id: 'import/I48',
    title: 'JSON values of other types',
    fileName: 'books.jsonl',
    content:
      '{"title":1,"author":null,"cost":"7.99","num_pages":1.5,"id":true}\n{"title":"a","author":"I48","cost":1e999,"num_pages":1}\n',
    expected: {
      stored: [],
      rejected: [
        { line: 1, reason: /title: .*author: .*cost: .*num_pages: .*id: / },
        { line: 2, reason: /cost: / },
      ],
    },
  },
  {
    id: 'import/I49',
    title: 'a JSON line of 1 MB',
    fileName: 'books.jsonl',
    content: `{"title":"${'x'.repeat(1_000_000)}"}\n{"title":"b","author":"I49","cost":1,"num_pages":1}\n`,
    expected: { stored: ['b'], rejected: [{ line: 1, reason: /longer than 65536 bytes/ }] },
  },
  {
    id: 'import/I50',
    title: 'JSON in Latin-1',
    fileName: 'books.jsonl',
    content: surroundBytes('{"title":"', LATIN1_BYTES, '","author":"I50","cost":1,"num_pages":1}\n'),
    expected: { stored: [], rejected: [{ line: 1, reason: NOT_UTF8_MESSAGE }] },
  },
  {
    id: 'import/I51',
    title: 'a lone surrogate in JSON',
    fileName: 'books.jsonl',
    content: '{"title":"\\ud800","author":"I51","cost":1,"num_pages":1}\n',
    expected: { stored: [], rejected: [{ line: 1, reason: /title: / }] },
  },
  {
    id: 'import/I52',
    title: 'an id that is not a number',
    fileName: 'books.jsonl',
    content:
      '{"id":"x","title":"a","author":"I52","cost":1,"num_pages":1}\n{"id":1.5,"title":"b","author":"I52","cost":1,"num_pages":1}\n',
    expected: {
      stored: [],
      rejected: [
        { line: 1, reason: /id: / },
        { line: 2, reason: /id: / },
      ],
    },
  },
]
