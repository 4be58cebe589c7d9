import { type ImportCase, LATIN1_BYTES, NOT_UTF8_MESSAGE, surroundBytes } from './import-case.ts'

/** JSON lines that are rejected, and others that are not. */
export const INVALID_JSON_LINES: readonly ImportCase[] = [
  [
    'I46',
    'what is not JSON, or no object',
    'books.jsonl',
    '{"title":\n[1]\nnull\n"a"\n{"title":"b","author":"I46","cost":1,"num_pages":1}\n',
    {
      stored: ['b'],
      rejected: [
        [1, /not JSON/],
        [2, /object/],
        [3, /object/],
        [4, /object/],
      ],
    },
  ],
  [
    'I47',
    'JSON with an unknown name',
    'books.jsonl',
    '{"title":"a","author":"I47","cost":1,"numPages":1}\n',
    { stored: [], rejected: [[1, /numPages.*num_pages/]] },
  ],
  [
    'I48',
    'JSON of other types',
    'books.jsonl',
    '{"title":1,"author":null,"cost":"7.99","num_pages":1.5,"id":true}\n{"title":"a","author":"I48","cost":1e999,"num_pages":1}\n',
    {
      stored: [],
      rejected: [
        [1, /title: .*author: .*cost: .*num_pages: .*id: /],
        [2, /cost: /],
      ],
    },
  ],
  [
    'I49',
    'JSON of 1 MB',
    'books.jsonl',
    `{"title":"${'x'.repeat(1_000_000)}"}\n{"title":"b","author":"I49","cost":1,"num_pages":1}\n`,
    { stored: ['b'], rejected: [[1, /longer than/]] },
  ],
  [
    'I50',
    'JSON in Latin-1',
    'books.jsonl',
    surroundBytes('{"title":"', LATIN1_BYTES, '","author":"I50","cost":1,"num_pages":1}\n'),
    { stored: [], rejected: [[1, NOT_UTF8_MESSAGE]] },
  ],
  [
    'I51',
    'half a character in JSON',
    'books.jsonl',
    '{"title":"\\ud800","author":"I51","cost":1,"num_pages":1}\n',
    { stored: [], rejected: [[1, /title: /]] },
  ],
  [
    'I52',
    'an id that is no number',
    'books.jsonl',
    '{"id":"x","title":"a","author":"I52","cost":1,"num_pages":1}\n{"id":1.5,"title":"b","author":"I52","cost":1,"num_pages":1}\n',
    {
      stored: [],
      rejected: [
        [1, /id: /],
        [2, /id: /],
      ],
    },
  ],
]
