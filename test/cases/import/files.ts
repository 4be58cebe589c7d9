import { csvFile, type ImportCase } from './import-case.ts'

/** Valid files; a few have an invalid row. */
export const VALID_FILES: readonly ImportCase[] = [
  {
    id: 'import/I01',
    title: 'plain rows',
    fileName: 'books.csv',
    content: csvFile(',a,I01,7.99,300', ',b,I01,0,1'),
    expected: { stored: ['a', 'b'] },
  },
  {
    id: 'import/I02',
    title: 'a byte order mark',
    fileName: 'books.csv',
    content: `\ufeff${csvFile(',a,I02,7.99,300')}`,
    expected: { stored: ['a'] },
  },
  {
    id: 'import/I03',
    title: 'CRLF line breaks',
    fileName: 'books.csv',
    content: csvFile(',a,I03,7.99,300', ',b,I03,1,1').replaceAll('\n', '\r\n'),
    expected: { stored: ['a', 'b'] },
  },
  {
    id: 'import/I04',
    title: 'columns in another order, without id',
    fileName: 'books.csv',
    content: 'num_pages,cost,author,title\n300,7.99,I04,a\n',
    expected: { stored: ['a'] },
  },
  {
    id: 'import/I05',
    title: 'quotes, commas and line breaks inside quotes, which a title must not contain',
    fileName: 'books.csv',
    content: csvFile(
      ',"a ""b"", c",I05,7.99,300',
      ',"one\ntwo\r\nthree",I05,7.99,300',
      ',bad,I05,x,300',
      ',"\nd\n",I05,7.99,300',
    ),
    expected: {
      stored: ['a "b", c', 'd'],
      rejected: [
        { line: 3, reason: /title: .*U\+000A/ },
        { line: 6, reason: /cost/ },
      ],
    },
  },
  {
    id: 'import/I06',
    title: 'a last line without a line break',
    fileName: 'books.csv',
    content: csvFile(',a,I06,7.99,300').trimEnd(),
    expected: { stored: ['a'] },
  },
  {
    id: 'import/I07',
    title: 'blank lines',
    fileName: 'books.csv',
    content: `\n${csvFile('', ',a,I07,1,1', '\r', ',bad,I07,1,x')}\n\n`,
    expected: { stored: ['a'], rejected: [{ line: 6, reason: /num_pages/ }] },
  },
  {
    id: 'import/I08',
    title: 'a header without rows',
    fileName: 'books.csv',
    content: csvFile(),
    expected: { stored: [] },
  },
  {
    id: 'import/I09',
    title: 'a CSV rejects file',
    fileName: 'books.csv',
    content: 'line,reason,title,author,cost,num_pages\n7,"cost: x",a,I09,1,1\n',
    expected: { stored: ['a'] },
  },
  {
    id: 'import/I10',
    title: 'a value that spreadsheets take for a formula',
    fileName: 'books.csv',
    content: csvFile(',=1+1,I10,7.99,300'),
    expected: { stored: ['=1+1'] },
  },
  {
    id: 'import/I53',
    title: 'values that export has escaped',
    fileName: 'books.csv',
    content: csvFile(",'=1+1,I53,1,1", ",''=1+1,I53,1,1", ",'Tis,I53,1,1", ",'@a,I53,'-1,1"),
    expected: { stored: ['=1+1', "'=1+1", "'Tis"], rejected: [{ line: 5, reason: /cost: / }] },
  },
  {
    id: 'import/I54',
    title: 'Hebrew and Arabic titles with marks of direction',
    fileName: 'books.csv',
    content: csvFile(',ללמוד C++\u200f!,I54,1,1', ',ألف ليلة \u061c1,I54,1,1'),
    expected: { stored: ['ללמוד C++\u200f!', 'ألف ليلة \u061c1'] },
  },
  {
    id: 'import/I11',
    title: 'spaces around numbers',
    fileName: 'books.csv',
    content: csvFile(' 1000000 ,a,I11, 7.99 , 300 '),
    expected: { stored: ['a'] },
  },
  {
    id: 'import/I12',
    title: 'JSON lines',
    fileName: 'books.jsonl',
    content:
      '{"title":"a","author":"I12","cost":7.9,"num_pages":300}\n{"id":2000000,"title":"b","author":"I12","cost":1,"num_pages":1}',
    expected: { stored: ['a', 'b'] },
  },
  {
    id: 'import/I13',
    title: 'JSON lines with a byte order mark, CRLF and blank lines',
    fileName: 'books.jsonl',
    content:
      '\ufeff{"title":"a","author":"I13","cost":7.9,"num_pages":300}\r\n\r\n{"id":null,"title":"b","author":"I13","cost":1,"num_pages":1}\r\n',
    expected: { stored: ['a', 'b'] },
  },
  {
    id: 'import/I14',
    title: 'a JSON lines rejects file',
    fileName: 'books.jsonl',
    content: '{"line":3,"reason":"?","title":"a","author":"I14","cost":7.9,"num_pages":300}\n',
    expected: { stored: ['a'] },
  },
]

/** Files that are rejected whole. */
export const INVALID_FILES: readonly ImportCase[] = [
  {
    id: 'import/I20',
    title: 'an empty file',
    fileName: 'books.csv',
    content: '',
    expected: { error: /it is empty/ },
  },
  {
    id: 'import/I21',
    title: 'a file of blank lines',
    fileName: 'books.csv',
    content: '\n\n',
    expected: { error: /it is empty/ },
  },
  {
    id: 'import/I22',
    title: 'a missing header',
    fileName: 'books.csv',
    content: ',a,I22,7.99,300\n',
    expected: { error: /id,title,author,cost,num_pages.*it has ,a,I22,7.99,300/ },
  },
  {
    id: 'import/I23',
    title: 'an unknown column',
    fileName: 'books.csv',
    content: 'title,author,cost,num_pages,isbn\n',
    expected: { error: /it has isbn/ },
  },
  {
    id: 'import/I24',
    title: 'a missing column',
    fileName: 'books.csv',
    content: 'title,author,num_pages\n',
    expected: { error: /it lacks cost/ },
  },
  {
    id: 'import/I25',
    title: 'a duplicate column',
    fileName: 'books.csv',
    content: 'title,author,cost,num_pages,cost\n',
    expected: { error: /cost twice/ },
  },
  {
    id: 'import/I26',
    title: 'semicolons as separators',
    fileName: 'books.csv',
    content: 'title;author;cost;num_pages\n',
    expected: { error: /separated by commas/ },
  },
  {
    id: 'import/I27',
    title: 'UTF-16',
    fileName: 'books.csv',
    content: Buffer.from(`\ufeff${csvFile()}`, 'utf16le'),
    expected: { error: /in UTF-8/ },
  },
  {
    id: 'import/I28',
    title: 'a header of 1 MB',
    fileName: 'books.csv',
    content: 'x'.repeat(1_000_000),
    expected: { error: /its first line is x+…/ },
  },
  {
    id: 'import/I29',
    title: 'an empty JSON lines file',
    fileName: 'books.jsonl',
    content: '',
    expected: { error: /it is empty/ },
  },
]
