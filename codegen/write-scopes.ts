import { writeFileSync } from 'node:fs'
import { loadSchema } from '../src/graphql/load-schema.ts'
import { readDeclaredScopes } from '../src/scopes/internal.ts'

// Writes src/generated/scopes.ts.

const rows = readDeclaredScopes(loadSchema()).map((scope) => `  ${JSON.stringify(scope)},\n`)
writeFileSync(
  'src/generated/scopes.ts',
  `/** The scopes that the schema declares. */\nexport const SCOPES = [\n${rows.join('')}] as const\n`,
)
