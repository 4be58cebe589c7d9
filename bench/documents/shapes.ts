/** A part of a document. Names in it end in its `key`, so that several parts can stand in one document. */
type Part = {
  readonly variables?: string
  readonly rootSelections?: string
  readonly bookSelections?: string
  readonly definitions?: string
}

/** Builds a part of a document from two sizes, which a shape uses as it likes. */
type Shape = (size: number, width: number, key: string) => Part

const repeat = (count: number, write: (i: number) => string, separator = ' ') =>
  Array.from({ length: count }, (_, i) => write(i)).join(separator)

const INTROSPECTION_FIELDS = 'kind name ofType { kind name ofType { kind name } }'
const LEAVES = ['id', 'title', 'author', 'cost', 'numPages']
const leaf = (i: number) => LEAVES[i % LEAVES.length] ?? ''

/** Shapes that make one step of graphql-js or of this project slow, or did so once. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  'fields with one response name': (size, width) => ({
    rootSelections: `booksConnection(first: 1) { ${repeat(size, () => `edges { ${repeat(width, () => 'node { title }')} }`)} }`,
  }),
  'leaves with one response name': (size) => ({ bookSelections: repeat(size, () => 'title') }),
  'conflicting aliases': (size, width) => ({
    bookSelections: `${repeat(width, () => 'x: id')} ${repeat(size, () => 'title')} ${repeat(width, () => 'title: id')}`,
  }),
  'conflicting arguments': (size) => ({ bookSelections: repeat(size, (i) => `id(a: ${i})`) }),
  'many arguments': (size, width) => ({
    rootSelections: repeat(size, () => `book(id: 1 ${repeat(width, (i) => `a${i}: 1`)}) { id }`),
  }),
  'sibling fragments': (size, width, key) => ({
    bookSelections: repeat(size, (i) => `...S${i}${key}`),
    definitions: repeat(size, (i) => `fragment S${i}${key} on Book { ${repeat(width, leaf)} }`),
  }),
  'unknown fragments': (size, _, key) => ({ bookSelections: repeat(size, (i) => `...U${i}${key}`) }),
  'a chain of fragments': (size, width, key) => ({
    bookSelections: `...C0${key}`,
    definitions: `${repeat(size, (i) => `fragment C${i}${key} on Book { ...C${i + 1}${key} ${repeat(width, leaf)} }`)} fragment C${size}${key} on Book { id }`,
  }),
  'fragments that spread all later ones': (size, width, key) => ({
    bookSelections: `...L0${key}`,
    definitions: repeat(
      size,
      (i) =>
        `fragment L${i}${key} on Book { ${repeat(width, leaf)} id ${repeat(size - i - 1, (j) => `...L${i + j + 1}${key}`)} }`,
    ),
  }),
  'fragments in a cycle': (size, width, key) => ({
    bookSelections: `...Y0${key}`,
    definitions: repeat(
      size,
      (i) => `fragment Y${i}${key} on Book { ${repeat(width, (j) => `...Y${(i + j + 1) % size}${key}`)} id }`,
    ),
  }),
  'fragments in many selection sets': (size, width, key) => ({
    rootSelections: `booksConnection(first: 1) { ${repeat(size, () => `edges { ${repeat(width, (i) => `...M${i}${key}`)} cursor }`)} }`,
    definitions: repeat(width, (i) => `fragment M${i}${key} on BookEdge { node { ${leaf(i)} } cursor }`),
  }),
  'nested inline fragments': (size) => ({
    bookSelections: `${repeat(size, () => '... on Book {', '')} id ${'}'.repeat(size)}`,
  }),
  'sibling inline fragments': (size, width) => ({
    bookSelections: repeat(size, () => `... { ${repeat(width, leaf)} }`),
  }),
  'conditions on variables': (size, width, key) => ({
    variables: repeat(width, (i) => `$c${i}${key}: Boolean!`),
    bookSelections: repeat(size, (i) => `${leaf(i)} @include(if: $c${i % width}${key})`),
  }),
  'nested conditions': (size, width, key) => ({
    variables: `$n${key}: Boolean!`,
    bookSelections: `${repeat(size, () => `... @skip(if: $n${key}) { ${repeat(width, leaf)}`)} id ${'}'.repeat(size)}`,
  }),
  'variables that are used': (size, width, key) => ({
    variables: repeat(size, (i) => `$v${i}${key}: ID!`),
    rootSelections: repeat(
      width,
      (j) => `book(id: 1 ${repeat(size, (i) => `a${j}x${i}: $v${i}${key}`)}) { id }`,
    ),
  }),
  'variables that are not used': (size, _, key) => ({ variables: repeat(size, (i) => `$w${i}${key}: ID`) }),
  'undefined variables': (size) => ({
    rootSelections: `books(filter: { ${repeat(size, (i) => `a${i}: $z${i}`)} }) { id }`,
  }),
  'a type of nested lists': (size, width, key) => ({
    variables: `$t${key}: ${'['.repeat(size)}ID${']'.repeat(size)}`,
    rootSelections: `book(id: [${repeat(width, () => `$t${key}`)}]) { id }`,
  }),
  'nested lists': (size) => ({ rootSelections: `book(id: ${'['.repeat(size)}1${']'.repeat(size)}) { id }` }),
  'nested objects': (size) => ({
    rootSelections: `books(filter: ${'{ a: '.repeat(size)}1${'}'.repeat(size)}) { id }`,
  }),
  'wrong values': (size) => ({
    rootSelections: `books(filter: { title: [${repeat(size, String)}] }) { id }`,
  }),
  'long strings': (size, width) => ({
    rootSelections: repeat(width, () => `book(id: "${'a\\n'.repeat(size * 10)}") { id }`),
  }),
  'block strings': (size, width) => ({
    rootSelections: `book(id: """${repeat(size, (i) => `\n${' '.repeat(i % width)}a`, '')}""") { id }`,
  }),
  'an own operation for each field': (size, width, key) => ({
    definitions: repeat(
      size,
      (i) => `query O${i}${key} { book(id: 1) { ${repeat(width, (j) => `...P${j}${key}`)} id } }`,
    ).concat(repeat(width, (j) => ` fragment P${j}${key} on Book { id }`)),
  }),
  'unknown fields': (size, width) => ({
    bookSelections: repeat(size, (i) => `titl${'e'.repeat(width)}${i}`),
  }),
  'unknown types': (size, width) => ({
    bookSelections: repeat(size, (i) => `... on Boo${'k'.repeat(width)}${i} { id }`),
  }),
  'long names': (size, width) => ({
    bookSelections: repeat(width, (i) => `${'a'.repeat(size * 100)}${i}`),
  }),
  'a long name of a fragment': (size, width, key) => ({
    bookSelections: `...${'f'.repeat(size * 100)}${key}`,
    definitions: `fragment ${'f'.repeat(size * 100)}${key} on Book { ${repeat(width, (i) => `id(a: $q${i})`)} }`,
  }),
  'empty lines': (size) => ({ bookSelections: `${'\n'.repeat(size * 10)} id` }),
  comments: (size, width) => ({ bookSelections: `${`#${'c'.repeat(width)}\n`.repeat(size)} id` }),
  spaces: (size, width) => ({ bookSelections: `${' '.repeat(size * width)} id` }),
  introspection: (size) => ({
    rootSelections: `__schema { ${repeat(size, () => `types { fields { type { ${INTROSPECTION_FIELDS} } } }`)} }`,
  }),
  'introspection in fragments': (size, width, key) => ({
    rootSelections: `__schema { types { fields { type { ${repeat(size, (i) => `...T${i}${key}`)} } } } }`,
    definitions: repeat(
      size,
      (i) =>
        `fragment T${i}${key} on __Type { ${repeat(width, (j) => `...T${(i + j + 1) % size}${key}`)} kind }`,
    ),
  }),
}

export type Choice = { readonly shape: string; readonly size: number; readonly width: number }

/** Writes the document of one to three shapes. `salt` makes its text new. */
export function writeDocument(choices: readonly Choice[], salt: string): string {
  const parts = choices.map(({ shape, size, width }, i) => SHAPES[shape]?.(size, width, `_${i}`) ?? {})
  const join = (name: keyof Part) => parts.map((part) => part[name] ?? '').join(' ')
  const variables = join('variables').trim()
  const books = join('bookSelections').trim()
  const selections = `${join('rootSelections')} ${books === '' ? '' : `book(id: 1) { ${books} }`}`.trim()
  return `query ${salt}${variables && ` (${variables})`} { ${selections || '__typename'} } ${join('definitions')}`
}

/** The most characters that a plain document can have within the limits. */
const MAX_PLAIN_CHARACTERS = 8_000

/** Writes a document of plain selections that has this many characters, or the most that the limits allow. */
export function writePlainDocument(characters: number, salt: string): string {
  const bookCount = Math.min(20, Math.ceil(characters / 60))
  const write = (fields: number) =>
    `query ${salt} { ${repeat(bookCount, (i) => `b${i}: book(id: ${i + 1}) { ${repeat(fields, leaf)} }`)} }`
  let fields = 1
  while (write(fields).length < Math.min(characters, MAX_PLAIN_CHARACTERS)) fields += 1
  return write(fields)
}
