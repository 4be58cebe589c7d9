/** A request of the scanner; `body` is sent as JSON. */
type ScanRequest = {
  readonly search?: string
  readonly body?: unknown
  readonly form?: string
  readonly accept?: string
}

/** The part of a response that the scanner looks at. */
type ScanReply = { readonly status: number; readonly text: string; readonly json: unknown }

type ScanCheck = {
  readonly id: string
  readonly title: string
  readonly sent: ScanRequest
  /** Tests whether the scanner would report a finding. */
  readonly finds: (reply: ScanReply) => boolean
}

/** The checks of the scanner graphql-cop, which sends no token. Ids are permanent. */
export const GRAPHQL_COP_CHECKS: readonly ScanCheck[] = [
  {
    id: 'graphql-cop/G01',
    title: 'field suggestions',
    sent: query('query cop { __schema { directive } }'),
    finds: ({ text }) => text.includes('Did you mean'),
  },
  {
    id: 'graphql-cop/G02',
    title: 'introspection',
    sent: query('query cop { __schema { types { name fields { name } } } }'),
    finds: ({ json }) => at(json, 'data', '__schema', 'types') !== undefined,
  },
  {
    id: 'graphql-cop/G03',
    title: 'a GraphQL IDE',
    sent: { search: '', accept: 'text/html' },
    finds: ({ text }) => /graphiql\.min\.css|GraphQL Playground|GraphiQL|graphql-playground/.test(text),
  },
  {
    id: 'graphql-cop/G04',
    title: 'queries by GET',
    sent: { search: 'query cop {__typename}' },
    finds: answered,
  },
  {
    id: 'graphql-cop/G05',
    title: 'an overload of 101 aliases',
    sent: query(`query cop { ${Array.from({ length: 101 }, (_, i) => `alias${i}:__typename`).join(' ')} }`),
    finds: ({ json }) => at(json, 'data', 'alias100') !== undefined,
  },
  {
    id: 'graphql-cop/G06',
    title: 'batches of ten queries',
    sent: { body: Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' })) },
    finds: ({ json }) => Array.isArray(json) && json.length >= 10,
  },
  {
    id: 'graphql-cop/G07',
    title: 'tracing data',
    sent: query('query cop { __typename }'),
    finds: ({ text }) => text.includes('tracing'),
  },
  {
    id: 'graphql-cop/G08',
    title: 'an error for each of ten repeated directives',
    sent: query(`query cop { __typename ${'@aa'.repeat(10)} }`),
    finds: ({ json }) => length(at(json, 'errors')) >= 10,
  },
  {
    id: 'graphql-cop/G09',
    title: 'circular introspection',
    sent: query(
      `query cop { __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`,
    ),
    finds: ({ json }) => length(at(json, 'data', '__schema', 'types')) > 0,
  },
  {
    id: 'graphql-cop/G10',
    title: 'mutations by GET',
    sent: { search: 'mutation cop {__typename}' },
    finds: answered,
  },
  {
    id: 'graphql-cop/G11',
    title: 'queries in a form',
    sent: { form: 'query cop { __typename }' },
    finds: answered,
  },
  {
    id: 'graphql-cop/G12',
    title: 'stack traces',
    sent: query('qwerty cop { abc }'),
    finds: ({ text }) => /exception|stacktrace|node_modules/.test(text),
  },
  {
    id: 'graphql-cop/G13',
    title: '500 repetitions of a field',
    sent: query(`query cop { ${'__typename '.repeat(500)} }`),
    finds: answered,
  },
]

function query(text: string): ScanRequest {
  return { body: { query: text, operationName: 'cop' } }
}

function answered({ json }: ScanReply): boolean {
  return at(json, 'data', '__typename') !== undefined
}

/** Returns the value at a path, or undefined. */
function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>((inside, name) => (Object(inside) as Record<string, unknown>)[name], value)
}

const length = (value: unknown) => (Array.isArray(value) ? value.length : 0)
