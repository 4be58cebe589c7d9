import { type Command, InvalidArgumentError, Option } from 'commander'
import type { JobSettings } from '../clients/job/session.ts'

const DPOP = ['--dpop', 'with tokens that are bound to a key, as Okta’s new service apps ask for'] as const
const FORMAT = () =>
  new Option('--format <format>', 'what the file’s name does not say; csv for -').choices(['csv', 'jsonl'])
const PATIENCE = () =>
  new Option('--patience <minutes>', 'how long to try again while nothing works')
    .default(10)
    .argParser(numberFrom(0, 10_000))

/**
 * The job's commands.
 * @param settings read when a command runs
 */
export function addJobCommands(program: Command, settings: () => JobSettings): void {
  const job = program.command('job').description('the cron job: client credentials, the least scopes')
  for (const add of [addList, addAdd, addImport, addExport]) add(job, settings)
}

function addList(job: Command, settings: () => JobSettings): void {
  job
    .command('list')
    .description('lists the books')
    .option('--author <name>', 'only books by this author')
    .option('--title <text>', 'only books whose title has words that begin so')
    .option('--csv', 'as export writes them')
    .addOption(new Option('--json', 'an object in each line').conflicts('csv'))
    .option(...DPOP)
    .action(async ({ dpop, csv, json, ...filter }) => {
      const { connectDocumentClient } = await import('../clients/job/document-client.ts')
      const { listBooks } = await import('../clients/job/list-books.ts')
      const format = csv ? 'csv' : json ? 'jsonl' : undefined
      await listBooks(await connectDocumentClient(settings(), { dpop }), filter, format)
    })
}

function addAdd(job: Command, settings: () => JobSettings): void {
  job
    .command('add')
    .description('adds a book')
    .requiredOption('--title <text>')
    .requiredOption('--author <name>')
    .requiredOption('--cost <dollars>', 'for example 7.99', Number)
    .requiredOption('--pages <count>', 'for example 300', Number)
    .option('--id <number>', 'the next free one if left out')
    .option(...DPOP)
    .action(async ({ dpop, title, author, cost, pages, id }) => {
      const { connectDocumentClient } = await import('../clients/job/document-client.ts')
      const { addBook } = await import('../clients/job/list-books.ts')
      await addBook(await connectDocumentClient(settings(), { dpop }), {
        title,
        author,
        cost,
        numPages: pages,
        id,
      })
    })
}

function addImport(job: Command, settings: () => JobSettings): void {
  job
    .command('import <file>')
    .description(
      'adds the books of a file, or of standard input (-); what is run again adds no book twice; exits 3 if rows were rejected',
    )
    .addOption(FORMAT())
    .option('--name <name>', 'what its rows are known by in another run, in place of the file’s path')
    .option('--rejects <path>', 'where rejected rows go; beside the file if not said (books.rejects.csv)')
    .option('--from-line <line>', 'passes over the lines before', numberFrom(1, Number.MAX_SAFE_INTEGER), 1)
    .option('--in-flight <count>', 'how many requests are under way at once', numberFrom(1, 64), 4)
    .addOption(PATIENCE())
    .option('--json', 'progress and summary for programs, a line each')
    .option(...DPOP)
    .action(async (file, options) => {
      const { runImport } = await import('../clients/job/import-command.ts')
      process.exitCode = await runImport(settings(), file, options)
    })
}

function addExport(job: Command, settings: () => JobSettings): void {
  job
    .command('export [file]')
    .description('writes the books as import reads them, to a file or to standard output (-)')
    .addOption(FORMAT())
    .option('--author <name>', 'only books by this author')
    .option('--title <text>', 'only books whose title has words that begin so')
    .addOption(PATIENCE())
    .option(...DPOP)
    .action(async (file = '-', options) => {
      const { runExport } = await import('../clients/job/export-command.ts')
      process.exitCode = await runExport(settings(), file, options)
    })
}

/** Reads a whole number within bounds. */
function numberFrom(least: number, most: number) {
  return function readNumber(text: string): number {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
