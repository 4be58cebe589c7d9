import { writeFileSync } from 'node:fs'
import { loadSchema } from '../src/graphql/load-schema.ts'
import { readDeclaredScopes } from '../src/scopes/index.ts'

// Writes src/generated/scopes.ts.

const scopes = readDeclaredScopes(loadSchema())
writeFileSync(
  'src/generated/scopes.ts',
  `/** The scopes that the schema declares. */\nexport const SCOPES = ${JSON.stringify(scopes, null, 2)} as const\n`,
)
