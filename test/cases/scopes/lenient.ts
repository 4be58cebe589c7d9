/** A schema with a rule at every kind of place. */
export const LENIENT_SCHEMA = `
  schema
    @scope(name: "read", description: "d") @scope(name: "admin", description: "d")
    @scope(name: "films", description: "d") @scope(name: "prices", description: "d")
  { query: Query mutation: Mutation subscription: Subscription }
  type Query {
    open: Int @public(reason: "test")
    me: Int @authenticated
    book: Book @requiresScope(scopes: "read")
    books: [Book!] @requiresScope(scopes: "read")
    shelf: [Book]! @requiresScope(scopes: "read")
    torn: [Book!] @requiresScope(scopes: "read")
    offers: [Offer!] @public(reason: "test")
    tornShelves: [[Book!]] @requiresScope(scopes: "read")
    items: [Item] @requiresScope(scopes: "read")
    allItems: [Item!] @requiresScope(scopes: "read")
    entry: Entry @requiresScope(scopes: "read")
    laterEntry: Late @requiresScope(scopes: "read")
    film: Film @requiresScope(scopes: "read")
    price: Money @requiresScope(scopes: "read")
    either: Int @requiresScope(scopes: [["admin", "films"], ["prices"]])
    search(
      text: String
      hidden: Boolean = true @requiresScope(scopes: "admin")
      filter: Filter
    ): Int @requiresScope(scopes: "read")
  }
  input Filter { text: String sales: Int = 3 @requiresScope(scopes: "admin") and: [Filter!] }
  interface Entry { title: String }
  union Item = Book | Film
  union Late = Film | Book
  type Book implements Entry {
    title: String
    notes: String @requiresScope(scopes: "admin")
    sales: Int! @requiresScope(scopes: "admin")
    author: Author!
  }
  type Offer { price: Price! @public(reason: "test") }
  type Price { cents: Int! @requiresScope(scopes: "admin") }
  type Author { name: String rank: Int! @requiresScope(scopes: "admin") }
  type Film implements Entry @requiresScope(scopes: "films") { title: String }
  scalar Money @requiresScope(scopes: "prices")
  type Mutation { addBook: Book @requiresScope(scopes: "read") }
  type Subscription { ticks: Int @requiresScope(scopes: "admin") }
`

export type LenientCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly variables?: Record<string, unknown>
  readonly granted: readonly string[]
  readonly data: unknown
  /** Each as `path coordinate`. */
  readonly errors: readonly string[]
  /** The resolvers that do not run. */
  readonly unresolved?: readonly string[]
}

const READ = ['read']

export const LENIENT_CASES: readonly LenientCase[] = [
  {
    id: 'lenient/L01',
    title: 'a denied field beside others',
    query: '{ open book { title notes } }',
    granted: READ,
    data: { open: 1, book: { title: 'Curtain', notes: null } },
    errors: ['book.notes Book.notes'],
    unresolved: ['notes'],
  },
  {
    id: 'lenient/L02',
    title: 'aliases, with an error for each place',
    query: '{ a: book { x: notes y: notes } b: book { notes } }',
    granted: READ,
    data: { a: { x: null, y: null }, b: { notes: null } },
    errors: ['a.x Book.notes', 'a.y Book.notes', 'b.notes Book.notes'],
  },
  {
    id: 'lenient/L03',
    title: 'a denied root field',
    query: '{ open book { title } }',
    granted: [],
    data: { open: 1, book: null },
    errors: ['book Query.book'],
    unresolved: ['book'],
  },
  {
    id: 'lenient/L04',
    title: 'a token without scopes and @authenticated',
    query: '{ me price }',
    granted: [],
    data: { me: 1, price: null },
    errors: ['price Money'],
  },
  {
    id: 'lenient/L05',
    title: 'a list, with an error for each item',
    query: '{ shelf { title notes } }',
    granted: READ,
    data: { shelf: [{ title: 'Curtain', notes: null }, null] },
    errors: ['shelf.0.notes Book.notes'],
  },
  {
    id: 'lenient/L06',
    title: 'a non-null field, whose object becomes null',
    query: '{ open book { title sales } }',
    granted: READ,
    data: { open: 1, book: null },
    errors: ['book.sales Book.sales'],
    unresolved: ['sales'],
  },
  {
    id: 'lenient/L07',
    title: 'a non-null field in nullable items',
    query: '{ shelf { sales } }',
    granted: READ,
    data: { shelf: [null, null] },
    errors: ['shelf.0.sales Book.sales'],
  },
  {
    id: 'lenient/L08',
    title: 'a non-null field in non-null items, so that the list becomes null',
    query: '{ open books { sales } }',
    granted: READ,
    data: { open: 1, books: null },
    errors: ['books.0.sales Book.sales'],
  },
  {
    id: 'lenient/L09',
    title: 'a non-null field below another one',
    query: '{ book { title author { name rank } } }',
    granted: READ,
    data: { book: null },
    errors: ['book.author.rank Author.rank'],
    unresolved: ['rank'],
  },
  {
    id: 'lenient/L10',
    title: 'a non-null root field, so that all data becomes null',
    query: '{ open shelf { title } }',
    granted: [],
    data: null,
    errors: ['shelf Query.shelf'],
  },
  {
    id: 'lenient/L11',
    title: 'a field that returns a type with a rule',
    query: '{ film { __typename } open }',
    granted: READ,
    data: { film: null, open: 1 },
    errors: ['film Film'],
    unresolved: ['film'],
  },
  {
    id: 'lenient/L12',
    title: 'a scalar with a rule',
    query: '{ price open }',
    granted: READ,
    data: { price: null, open: 1 },
    errors: ['price Money'],
    unresolved: ['price'],
  },
  {
    id: 'lenient/L13',
    title: 'objects of a union, each by its type',
    query: '{ items { ... on Book { title } ... on Film { title } } }',
    granted: READ,
    data: { items: [{ title: 'Curtain' }, null, null] },
    errors: ['items.1 Film', 'items.2 Film'],
  },
  {
    id: 'lenient/L14',
    title: '__typename of a union',
    query: '{ items { __typename } }',
    granted: READ,
    data: { items: [{ __typename: 'Book' }, null, null] },
    errors: ['items.1 Film', 'items.2 Film'],
  },
  {
    id: 'lenient/L15',
    title: 'an interface',
    query: '{ entry { title } open }',
    granted: READ,
    data: { entry: null, open: 1 },
    errors: ['entry Film'],
  },
  {
    id: 'lenient/L16',
    title: '__typename in a fragment on an interface',
    query: '{ entry { ...F } } fragment F on Entry { ... on Entry { k: __typename } }',
    granted: READ,
    data: { entry: null },
    errors: ['entry Film'],
  },
  {
    id: 'lenient/L17',
    title: 'an asynchronous type resolver',
    query: '{ laterEntry { __typename } open }',
    granted: READ,
    data: { laterEntry: null, open: 1 },
    errors: ['laterEntry Film'],
  },
  {
    id: 'lenient/L18',
    title: 'objects on which nothing is selected, which requires nothing',
    query: '{ items { ... on Book { title notes } ... on Film { title @skip(if: true) } } }',
    granted: READ,
    data: { items: [{ title: 'Curtain', notes: null }, {}, {}] },
    errors: ['items.0.notes Book.notes'],
  },
  {
    id: 'lenient/L19',
    title: 'non-null items of which one waits and another is denied',
    query: '{ allItems { ... on Book { author { rank } } ... on Film { title } } open }',
    granted: READ,
    data: { allItems: null, open: 1 },
    errors: ['allItems.1 Film'],
  },
  {
    id: 'lenient/L20',
    title: 'a literal argument',
    query: '{ a: search(hidden: false) b: search(text: "x") }',
    granted: READ,
    data: { a: null, b: 5 },
    errors: ['a Query.search(hidden:)'],
  },
  {
    id: 'lenient/L21',
    title: 'an argument in a variable that is sent as null',
    query: 'query ($hidden: Boolean) { a: search(hidden: $hidden) b: search(text: "x") }',
    variables: { hidden: null },
    granted: READ,
    data: { a: null, b: 5 },
    errors: ['a Query.search(hidden:)'],
  },
  {
    id: 'lenient/L22',
    title: 'an argument in a variable that is not sent, beside a denied field',
    query: 'query ($hidden: Boolean) { search(hidden: $hidden) price }',
    granted: READ,
    data: { search: 5, price: null },
    errors: ['price Money'],
  },
  {
    id: 'lenient/L23',
    title: 'an argument in a variable with a default',
    query: 'query ($hidden: Boolean = false) { search(hidden: $hidden) }',
    granted: READ,
    data: { search: null },
    errors: ['search Query.search(hidden:)'],
    unresolved: ['search'],
  },
  {
    id: 'lenient/L24',
    title: 'an input field at some depth of a variable',
    query: 'query ($f: Filter, $g: Filter) { a: search(filter: $f) b: search(filter: $g) }',
    variables: { f: { and: [{ text: 'x' }, { sales: 1 }] }, g: { text: 'x' } },
    granted: READ,
    data: { a: null, b: 5 },
    errors: ['a Filter.sales'],
  },
  {
    id: 'lenient/L25',
    title: 'an input field in a literal',
    query: '{ a: search(filter: { and: { sales: null } }) b: search(filter: {}) }',
    granted: READ,
    data: { a: null, b: 5 },
    errors: ['a Filter.sales'],
  },
  {
    id: 'lenient/L26',
    title: 'selections that @skip and @include exclude',
    query:
      'query ($on: Boolean!) { book { title a: notes @skip(if: $on) b: notes @include(if: $on) ... @skip(if: $on) { sales } } }',
    variables: { on: true },
    granted: READ,
    data: { book: { title: 'Curtain', b: null } },
    errors: ['book.b Book.notes'],
  },
  {
    id: 'lenient/L27',
    title: 'objects of a union whose selections a variable excludes',
    query:
      'query ($on: Boolean!) { a: items { ... on Film @include(if: $on) { title } } b: items { ...F @skip(if: $on) } } fragment F on Film { title }',
    variables: { on: true },
    granted: READ,
    data: { a: [{}, null, null], b: [{}, {}, {}] },
    errors: ['a.1 Film', 'a.2 Film'],
  },
  {
    id: 'lenient/L28',
    title: 'introspection beside a denied field',
    query: '{ __schema { queryType { name } } price }',
    granted: READ,
    data: { __schema: { queryType: { name: 'Query' } }, price: null },
    errors: ['price Money'],
  },
  {
    id: 'lenient/L29',
    title: 'nothing denied',
    query: '{ book { title } items { ... on Book { title } } }',
    granted: READ,
    data: { book: { title: 'Curtain' }, items: [{ title: 'Curtain' }, {}, {}] },
    errors: [],
  },
  {
    id: 'lenient/L30',
    title: 'non-null items of which one is denied and a later one is null',
    query: '{ torn { author { rank } } open }',
    granted: READ,
    data: { torn: null, open: 1 },
    errors: ['torn.1 undefined'],
    unresolved: ['rank'],
  },
  {
    id: 'lenient/L31',
    title: 'non-null items of a public list of which one is denied and a later one is null',
    query: '{ offers { price { cents } } open }',
    granted: READ,
    data: { offers: null, open: 1 },
    errors: ['offers.1 undefined'],
  },
  {
    id: 'lenient/L32',
    title: 'non-null items in nullable lists',
    query: '{ tornShelves { author { rank } } }',
    granted: READ,
    data: { tornShelves: [null, null] },
    errors: ['tornShelves.0.1 undefined', 'tornShelves.1.0.author.rank Author.rank'],
  },
]
