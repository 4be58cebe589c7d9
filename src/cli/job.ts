import { type Command, InvalidArgumentError, Option } from 'commander'
import type { JobSettings } from '../clients/job/send-document.ts'
import { loadConfig } from '../config/config.ts'
import { formatExamples } from './help.ts'

/** The largest `Int` of GraphQL. */
const MAX_INT_32 = 2 ** 31 - 1

/** Adds the commands of the cron job, a client of the API with client credentials. */
export function addJobCommand(program: Command): void {
  const job = program
    .command('job')
    .description('the cron job: calls the API with client credentials and the fewest scopes')
  for (const addCommand of [addList, addAdd, addImport, addExport]) addCommand(job)
}

async function loadJobSettings(): Promise<JobSettings> {
  const { resolveJobSettings } = await import('../app/job-settings.ts')
  const { JOB_RULES } = await import('../app/required-settings.ts')
  return resolveJobSettings(loadConfig(JOB_RULES))
}

function addList(job: Command): void {
  job
    .command('list')
    .description('lists the books')
    .optionsGroup('Filters:')
    .option('--author <name>', 'only books by this author')
    .option('--title <text>', 'only books whose title has words with these prefixes')
    .optionsGroup('Output:')
    .option('--csv', 'prints CSV, as export writes it')
    .addOption(new Option('--json', 'prints a JSON object per line').conflicts('csv'))
    .addOption(dpopOption())
    .addHelpText('after', formatExamples('job -- list --title moon', '--silent job -- list --json'))
    .action(async (options) => {
      const { listBooks } = await import('../clients/job/list-books.ts')
      await listBooks(await loadJobSettings(), options)
    })
}

function addAdd(job: Command): void {
  job
    .command('add')
    .description('adds a book')
    .optionsGroup('Book:')
    .requiredOption('--title <text>', 'for example "Curtain"')
    .requiredOption('--author <name>', 'for example "Agatha Christie"')
    .requiredOption('--cost <dollars>', 'for example 7.99', parsePrice)
    .requiredOption('--pages <count>', 'for example 300', wholeNumber(1, MAX_INT_32))
    .option('--id <number>', 'the next free id if omitted')
    .addOption(dpopOption())
    .addHelpText('after', formatExamples('job -- add --title Emma --author Austen --cost 7.99 --pages 474'))
    .action(async ({ dpop = false, pages, ...book }) => {
      const { addBook } = await import('../clients/job/add-book.ts')
      await addBook(await loadJobSettings(), { ...book, numPages: pages }, dpop)
    })
}

function addImport(job: Command): void {
  job
    .command('import <file>')
    .description(
      'adds the books of a file or of standard input (-); a repeated run adds no book twice; exits 3 if rows were rejected',
    )
    .optionsGroup('Input:')
    .addOption(formatOption())
    .option('--name <name>', 'identifies the rows in a repeated run, instead of the path of the file')
    .option('--from-line <line>', 'skips the lines before', wholeNumber(1, Number.MAX_SAFE_INTEGER), 1)
    .optionsGroup('Output:')
    .option('--rejects <path>', 'file for rejected rows; by default beside the input (books.rejects.csv)')
    .option('--json', 'prints progress and summary as a JSON object per line')
    .optionsGroup('Requests:')
    .option('--unordered', 'sends several requests at a time: new ids do not follow the order of the file')
    .addOption(patienceOption())
    .addOption(dpopOption())
    .addHelpText('after', formatExamples('job -- import books.csv', 'job -- import - --name may < may.csv'))
    .action(async (file, options) => {
      const { runImport } = await import('../clients/job/import-command.ts')
      process.exitCode = await runImport(await loadJobSettings(), file, options)
    })
}

function addExport(job: Command): void {
  job
    .command('export [file]')
    .description('writes the books in the format that import reads, to a file or to standard output (-)')
    .optionsGroup('Filters:')
    .option('--author <name>', 'only books by this author')
    .option('--title <text>', 'only books whose title has words with these prefixes')
    .optionsGroup('Output:')
    .addOption(formatOption())
    .addOption(patienceOption())
    .addOption(dpopOption())
    .addHelpText('after', formatExamples('job -- export books.csv', '--silent job -- export > books.csv'))
    .action(async (file = '-', options) => {
      const { exportBooks } = await import('../clients/job/export-books.ts')
      process.exitCode = await exportBooks(await loadJobSettings(), file, options)
    })
}

const dpopOption = () =>
  new Option('--dpop', 'binds tokens to a key, as new service apps in Okta require').helpGroup('Requests:')

const formatOption = () =>
  new Option(
    '--format <format>',
    'by default from the file name; csv for -; raw-csv is CSV without escapes for spreadsheets',
  ).choices(['csv', 'raw-csv', 'jsonl'])

const patienceOption = () =>
  new Option('--patience <minutes>', 'how long to retry while every request fails')
    .default(10)
    .argParser(wholeNumber(0, 10_000))
    .helpGroup('Requests:')

function parsePrice(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a price such as 7.99.')
}

/** Returns a parser for a whole number in a range. */
function wholeNumber(min: number, max: number) {
  return function parseWholeNumber(text: string): number {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}
