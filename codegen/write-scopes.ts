import { writeFileSync } from 'node:fs'
import { createApiScopes, loadSchema } from '../src/graphql/load-schema.ts'

// Writes src/generated/scopes.ts.

const { declaredScopes } = createApiScopes(loadSchema())
const rows = declaredScopes.map((scope) => `  ${JSON.stringify(scope)},\n`)
writeFileSync(
  'src/generated/scopes.ts',
  `/** The scopes that the schema declares. */\nexport const SCOPES = [\n${rows.join('')}] as const\n`,
)
