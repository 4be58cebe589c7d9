export interface ServerRow {
  readonly name: string
  /** Shown in the report. */
  readonly title: string
  /** Arguments of node, from the project's root. */
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly ready: {
    readonly path: string
    /** Without it any answer will do: the server listens only once it can serve. */
    readonly status?: number
  }
}

/** The server that the others' CPU is divided by. */
export const baseline = 'apollo-standalone'

/** What is measured. Each row also gets PORT and OKTA_ISSUER. */
export const servers: readonly ServerRow[] = [
  {
    name: 'ours',
    title: 'this project',
    arguments: ['src/main.ts', 'api'],
    environment: { DATABASE_URL: 'file::memory:', LOG_LEVEL: 'warn' },
    ready: { path: '/readyz', status: 200 },
  },
  {
    name: 'apollo-standalone',
    title: 'Apollo Server standalone, jose at every request',
    arguments: ['bench/http/peers/apollo-standalone.ts'],
    environment: {},
    ready: { path: '/graphql' },
  },
  {
    name: 'mercurius',
    title: 'Mercurius, jit, cache of verified tokens',
    arguments: ['bench/http/peers/mercurius.ts'],
    environment: {},
    ready: { path: '/graphql' },
  },
]
