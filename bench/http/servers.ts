export interface ServerRow {
  readonly name: string
  /** Shown in the report. */
  readonly title: string
  /** Shown where there is little room. */
  readonly short: string
  /** Arguments of node, from the project's root. */
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly ready: {
    readonly path: string
    /** Without it any answer will do: the server listens only once it can serve. */
    readonly status?: number
  }
}

/** What is measured. Each row also gets PORT and OKTA_ISSUER. All keep their books in SQLite, in memory. */
export const servers: readonly ServerRow[] = [
  {
    name: 'ours',
    title: 'this project',
    short: 'this project',
    // As `npm run api` has it.
    arguments: ['--max-semi-space-size=8', 'src/main.ts', 'api'],
    environment: {
      DATABASE_URL: 'file::memory:',
      LOG_LEVEL: 'warn',
      NODE_COMPILE_CACHE: 'build/compile-cache',
    },
    ready: { path: '/readyz', status: 200 },
  },
  {
    name: 'apollo-standalone',
    title: 'Apollo Server standalone, jose at every request',
    short: 'Apollo standalone',
    arguments: ['bench/http/peers/apollo-standalone.ts'],
    environment: {},
    ready: { path: '/graphql' },
  },
  {
    name: 'mercurius',
    title: 'Mercurius, jit, cache of verified tokens',
    short: 'Mercurius',
    arguments: ['bench/http/peers/mercurius.ts'],
    environment: {},
    ready: { path: '/graphql' },
  },
  {
    name: 'fastify',
    title: 'a route of Fastify, cache of verified tokens',
    short: 'Fastify',
    arguments: ['bench/http/peers/fastify.ts'],
    environment: {},
    ready: { path: '/books/1' },
  },
  {
    name: 'node-http',
    title: 'node:http alone, cache of verified tokens',
    short: 'node:http',
    arguments: ['bench/http/peers/node-http.ts'],
    environment: {},
    ready: { path: '/books/1' },
  },
]

/** Returns what is known of a server. Throws a RangeError where there is none of this name. */
export function serverNamed(name: string): ServerRow {
  const row = servers.find((candidate) => candidate.name === name)
  if (row !== undefined) return row
  throw new RangeError(`${name} is none of ${servers.map((known) => known.name).join(', ')}`)
}
