import type { Command } from 'commander'

export function addSchemaCommand(program: Command): void {
  program
    .command('schema')
    .description('prints the schema in SDL, with the scopes that its fields require')
    .action(async () => {
      const { loadSchema, printSdl } = await import('../graphql/load-schema.ts')
      process.stdout.write(printSdl(loadSchema()))
    })
}
