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
      'prints the rules that are weaker or stronger than in an old schema; exits 1 if one is weaker',
    )
    .action(async (files: readonly string[]) => {
      const { printScopeDiff } = await import('./print-scopes.ts')
      process.exitCode = printScopeDiff(files)
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
