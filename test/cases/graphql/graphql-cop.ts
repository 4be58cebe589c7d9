/** What a scanner sends with `query` alone is JSON; all else is as written here. */
type Sent = {
  readonly search?: string
  readonly body?: unknown
  readonly form?: string
  readonly accept?: string
}

/** Part of an answer. */
export type ScanReply = { readonly status: number; readonly text: string; readonly json: unknown }

/**
 * What the scanner graphql-cop looks for, as its checks are: what it sends, and what in an answer it takes for a finding.
 * It sends no token. The numbers are permanent.
 */
export const GRAPHQL_COP_CHECKS: readonly (readonly [
  id: string,
  what: string,
  sent: Sent,
  found: (seen: ScanReply) => boolean,
])[] = [
  [
    'G01',
    'a field suggested for one that is not there',
    query('query cop { __schema { directive } }'),
    ({ text }) => text.includes('Did you mean'),
  ],
  [
    'G02',
    'the schema',
    query('query cop { __schema { types { name fields { name } } } }'),
    ({ json }) => at(json, 'data', '__schema', 'types') !== undefined,
  ],
  [
    'G03',
    'an IDE by its name',
    { search: '', accept: 'text/html' },
    ({ text }) => /graphiql\.min\.css|GraphQL Playground|GraphiQL|graphql-playground/.test(text),
  ],
  ['G04', 'a query by GET', { search: 'query cop {__typename}' }, answered],
  [
    'G05',
    '101 aliases',
    query(`query cop { ${Array.from({ length: 101 }, (_, i) => `alias${i}:__typename`).join(' ')} }`),
    ({ json }) => at(json, 'data', 'alias100') !== undefined,
  ],
  [
    'G06',
    'ten queries in one request',
    { body: Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' })) },
    ({ json }) => Array.isArray(json) && json.length >= 10,
  ],
  [
    'G07',
    'numbers of how long resolvers took',
    query('query cop { __typename }'),
    ({ text }) => text.includes('tracing'),
  ],
  [
    'G08',
    'an error for each of ten directives in one place',
    query(`query cop { __typename ${'@aa'.repeat(10)} }`),
    ({ json }) => length(at(json, 'errors')) >= 10,
  ],
  [
    'G09',
    'a circle through the schema',
    query(`query cop { __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`),
    ({ json }) => length(at(json, 'data', '__schema', 'types')) > 0,
  ],
  ['G10', 'a mutation by GET', { search: 'mutation cop {__typename}' }, answered],
  ['G11', 'a query in a form', { form: 'query cop { __typename }' }, answered],
  [
    'G12',
    'where our code failed',
    query('qwerty cop { abc }'),
    ({ text }) => /exception|stacktrace|node_modules/.test(text),
  ],
  ['G13', '500 times one field', query(`query cop { ${'__typename '.repeat(500)} }`), answered],
]

function query(text: string): Sent {
  return { body: { query: text, operationName: 'cop' } }
}

function answered({ json }: ScanReply): boolean {
  return at(json, 'data', '__typename') !== undefined
}

/** What is inside a value under these names; undefined where there is nothing. */
function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inside, name) => (Object(inside) as Record<string, unknown>)[name], value)
}

const length = (value: unknown) => (Array.isArray(value) ? value.length : 0)
