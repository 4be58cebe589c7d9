import type { Command } from 'commander'

export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .description('prints the schema in SDL, with the scopes that its fields require')
    .option('--federation', 'prints the subgraph of Apollo Federation, for composition')
    .action(async ({ federation: isSubgraph }: { readonly federation?: boolean }) => {
      const { loadSchema, printSdl } = await import('../graphql/load-schema.ts')
      const { printSubgraph } = await import('../scopes/federation.ts')
      const schema = loadSchema({ isSubgraph })
      process.stdout.write(isSubgraph ? `${printSubgraph(schema)}\n` : printSdl(schema))
    })
}
