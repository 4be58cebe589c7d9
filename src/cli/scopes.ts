import type { Command } from 'commander'
import type { ExplanationOptions } from '../scopes/cli.ts'

export function addScopesCommand(program: Command): void {
  const scopes = program
    .command('scopes')
    .description('prints the scopes that each field requires')
    .option('--json', 'prints JSON')
    .action(async (options: { readonly json?: boolean }) => {
      const { loadCheckedSchema, printReport, reportTable } = await loadReports()
      printReport(() => reportTable(loadCheckedSchema(), options))
    })
  scopes
    .command('diff <old...>')
    .description(
      'prints the rules that are weaker or stronger than in an old schema, and new fields; exits 1 if a rule is weaker or cannot be compared, or a new field inherits its rule',
    )
    .option('--allow-inherited', 'allows new fields without a rule or @public of their own')
    .action(async (patterns: readonly string[], options: { readonly allowInherited?: boolean }) => {
      const { buildOtherSchema, loadCheckedSchema, printReport, readFiles, reportDiff } = await loadReports()
      printReport(() => {
        const files = readFiles(patterns)
        return reportDiff(() => buildOtherSchema(files), loadCheckedSchema(), options)
      })
    })
  scopes
    .command('explain <query>')
    .description(
      'prints whether an operation is authorized and which scopes are missing; exits 1 if it is denied',
    )
    .option('--scopes <scopes>', 'scopes of the token, separated by spaces or commas')
    .option('--variables <json>', 'variables of the request')
    .option('--operation <name>', 'the operation to execute, if the document has several')
    .action(async (query: string, options: ExplanationOptions) => {
      const { loadCheckedSchema, printReport, reportExplanation } = await loadReports()
      printReport(() => reportExplanation(loadCheckedSchema(), query, options))
    })
}

/** Loaded where they are used, so that the other commands do not load graphql. */
const loadReports = async () => ({
  ...(await import('../graphql/load-schema.ts')),
  ...(await import('../scopes/cli.ts')),
})
