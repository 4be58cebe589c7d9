import type { Command } from 'commander'
import type { ExplainOptions } from './print-scopes.ts'

export function addScopesCommand(program: Command): void {
  const scopes = program
    .command('scopes')
    .description('prints the scopes that each field requires')
    .option('--json', 'prints JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { printScopes } = await import('./print-scopes.ts')
      printScopes(options)
    })
  scopes
    .command('diff <old...>')
    .description(
      'prints the rules that are weaker or stronger than in an old schema, and new fields; exits 1 if a rule is weaker or cannot be compared, or a new field inherits its rule',
    )
    .option('--allow-inherited', 'allows new fields without a rule or @public of their own')
    .action(async (files: readonly string[], options: { readonly allowInherited?: boolean }) => {
      const { printScopeDiff } = await import('./print-scopes.ts')
      process.exitCode = printScopeDiff(files, options)
    })
  scopes
    .command('explain <query>')
    .description(
      'prints whether an operation is authorized and which scopes are missing; exits 1 if it is denied',
    )
    .option('--scopes <scopes>', 'scopes of the token, separated by spaces or commas')
    .option('--variables <json>', 'variables of the request')
    .option('--operation <name>', 'the operation to execute, if the document has several')
    .action(async (query: string, options: ExplainOptions) => {
      const { printScopeExplanation } = await import('./print-scopes.ts')
      process.exitCode = printScopeExplanation(query, options)
    })
}
