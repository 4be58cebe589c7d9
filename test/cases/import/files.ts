import { csvFile, type ImportCase } from './import-case.ts'

/** Files that are good, but for a row of two. */
export const VALID_FILES: readonly ImportCase[] = [
  ['I01', 'plain', 'books.csv', csvFile(',a,I01,7.99,300', ',b,I01,0,1'), { stored: ['a', 'b'] }],
  ['I02', 'a byte order mark', 'books.csv', `\ufeff${csvFile(',a,I02,7.99,300')}`, { stored: ['a'] }],
  [
    'I03',
    'CRLF',
    'books.csv',
    csvFile(',a,I03,7.99,300', ',b,I03,1,1').replaceAll('\n', '\r\n'),
    { stored: ['a', 'b'] },
  ],
  [
    'I04',
    'columns in another order, no id',
    'books.csv',
    'num_pages,cost,author,title\n300,7.99,I04,a\n',
    { stored: ['a'] },
  ],
  [
    'I05',
    'quotes, commas and lines inside of quotes',
    'books.csv',
    csvFile(',"a ""b"", c",I05,7.99,300', ',"one\ntwo\r\nthree",I05,7.99,300', ',bad,I05,x,300'),
    { stored: ['a "b", c', 'one\ntwo\r\nthree'], rejected: [[6, /cost/]] },
  ],
  ['I06', 'a last line without an end', 'books.csv', csvFile(',a,I06,7.99,300').trimEnd(), { stored: ['a'] }],
  [
    'I07',
    'blank lines',
    'books.csv',
    `\n${csvFile('', ',a,I07,1,1', '\r', ',bad,I07,1,x')}\n\n`,
    { stored: ['a'], rejected: [[6, /num_pages/]] },
  ],
  ['I08', 'a header and nothing below', 'books.csv', csvFile(), { stored: [] }],
  [
    'I09',
    'a file of rejected rows',
    'books.csv',
    'line,reason,title,author,cost,num_pages\n7,"cost: x",a,I09,1,1\n',
    { stored: ['a'] },
  ],
  [
    'I10',
    'what a spreadsheet takes for a formula',
    'books.csv',
    csvFile(',=1+1,I10,7.99,300'),
    { stored: ['=1+1'] },
  ],
  ['I11', 'spaces around numbers', 'books.csv', csvFile(' 1000000 ,a,I11, 7.99 , 300 '), { stored: ['a'] }],
  [
    'I12',
    'JSON lines',
    'books.jsonl',
    '{"title":"a","author":"I12","cost":7.9,"num_pages":300}\n{"id":2000000,"title":"b","author":"I12","cost":1,"num_pages":1}',
    { stored: ['a', 'b'] },
  ],
  [
    'I13',
    'JSON lines with a mark, CRLF and blank lines',
    'books.jsonl',
    '\ufeff{"title":"a","author":"I13","cost":7.9,"num_pages":300}\r\n\r\n{"id":null,"title":"b","author":"I13","cost":1,"num_pages":1}\r\n',
    { stored: ['a', 'b'] },
  ],
  [
    'I14',
    'JSON lines that were rejected',
    'books.jsonl',
    '{"line":3,"reason":"?","title":"a","author":"I14","cost":7.9,"num_pages":300}\n',
    { stored: ['a'] },
  ],
]

/** Files in which nothing is looked for. */
export const INVALID_FILES: readonly ImportCase[] = [
  ['I20', 'an empty file', 'books.csv', '', { fault: /it is empty/ }],
  ['I21', 'a file of blank lines', 'books.csv', '\n\n', { fault: /it is empty/ }],
  [
    'I22',
    'no header',
    'books.csv',
    ',a,I22,7.99,300\n',
    { fault: /id,title,author,cost,num_pages.*it has ,a,I22,7.99,300/ },
  ],
  ['I23', 'an unknown column', 'books.csv', 'title,author,cost,num_pages,isbn\n', { fault: /it has isbn/ }],
  ['I24', 'a missing column', 'books.csv', 'title,author,num_pages\n', { fault: /it lacks cost/ }],
  ['I25', 'a column twice', 'books.csv', 'title,author,cost,num_pages,cost\n', { fault: /cost twice/ }],
  ['I26', 'semicolons', 'books.csv', 'title;author;cost;num_pages\n', { fault: /with commas/ }],
  ['I27', 'UTF-16', 'books.csv', Buffer.from(`\ufeff${csvFile()}`, 'utf16le'), { fault: /in UTF-8/ }],
  ['I28', 'a header of 1 MB', 'books.csv', 'x'.repeat(1_000_000), { fault: /it says x+…/ }],
  ['I29', 'no JSON lines', 'books.jsonl', '', { fault: /it is empty/ }],
]
