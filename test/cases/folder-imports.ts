/** A folder of `src/`, the other folders that it may import, and the reason. */
export type FolderImports = {
  readonly folder: string
  readonly mayImport: readonly string[]
  readonly because: string
}

export const FOLDER_IMPORTS: readonly FolderImports[] = [
  { folder: 'lib', mayImport: [], because: 'every other folder may use these small modules' },
  {
    folder: 'scopes',
    mayImport: [],
    because: 'the scope engine is a library: it needs graphql-js and nothing of this project',
  },
  { folder: 'executor', mayImport: [], because: 'it executes any schema, as graphql-js does' },
  {
    folder: 'errors',
    mayImport: ['lib'],
    because: 'an ApiError depends on no server code',
  },
  {
    folder: 'config',
    mayImport: ['lib', 'errors'],
    because: 'settings are read and validated before anything is built',
  },
  {
    folder: 'observability',
    mayImport: ['lib', 'errors'],
    because: 'the composition root passes in what logs, metrics and traces observe',
  },
  {
    folder: 'auth',
    mayImport: ['lib', 'errors'],
    because: 'a token is verified without knowledge of the operation',
  },
  {
    folder: 'database',
    mayImport: ['lib', 'errors'],
    because: 'storage has no knowledge of tokens, scopes or GraphQL',
  },
  {
    folder: 'http',
    mayImport: ['lib', 'errors', 'observability'],
    because: 'the HTTP server serves any routes',
  },
  {
    folder: 'graphql',
    mayImport: ['auth', 'database', 'scopes', 'executor', 'errors', 'lib', 'generated'],
    because: 'it joins caller, scopes and storage, and has no knowledge of sockets',
  },
  {
    folder: 'routes',
    mayImport: ['graphql', 'auth', 'scopes', 'errors', 'lib'],
    because: 'each HTTP endpoint translates to GraphQL and back',
  },
  {
    folder: 'authorization-server',
    mayImport: ['lib', 'errors', 'observability', 'generated'],
    because: 'it stands in for Okta, so it shares no code with the API',
  },
  {
    folder: 'clients',
    mayImport: ['generated', 'lib', 'errors', 'observability', 'scopes'],
    because: 'clients talk HTTP to the API; the IDE also evaluates rules with the scope engine',
  },
  {
    folder: 'doctor',
    mayImport: ['generated', 'lib', 'errors', 'observability'],
    because: 'it checks a set-up from outside; checks of the server are passed in',
  },
  {
    folder: 'app',
    mayImport: [
      'lib',
      'scopes',
      'errors',
      'config',
      'observability',
      'auth',
      'database',
      'http',
      'graphql',
      'routes',
      'authorization-server',
      'clients',
      'doctor',
      'generated',
    ],
    because: 'the composition root builds the servers out of all modules',
  },
  {
    folder: 'cli',
    mayImport: [
      'app',
      'config',
      'clients',
      'doctor',
      'scopes',
      'graphql',
      'database',
      'tour',
      'errors',
      'lib',
    ],
    because: 'one file per command; a command only connects arguments to a module',
  },
  {
    folder: 'tour',
    mayImport: ['app', 'config', 'clients', 'authorization-server', 'errors', 'lib', 'generated'],
    because: 'it starts the real servers and is a client of them',
  },
]
