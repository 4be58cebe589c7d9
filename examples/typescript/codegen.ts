import type { CodegenConfig } from '@graphql-codegen/cli'

// The stock client preset, without options: fields and variables have built-in scalar types.
const config: CodegenConfig = {
  schema: `${process.env.API_URL ?? 'http://localhost:4000'}/graphql`,
  documents: '*.ts',
  generates: { 'gql/': { preset: 'client' } },
}
export default config
