import { Argument, Command, InvalidArgumentError } from 'commander'
import { ExitError } from '../src/errors/exit-error.ts'

const splitNames = (text: string) => text.split(',')

/** Exit status: 0 measured and goals met, 1 failed or a goal missed, 2 wrong usage. */
const program = new Command('npm run bench --')
  .description('Measures the API. Reports go to stdout in Markdown, progress to stderr.')
  .configureHelp({ helpWidth: 140 })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

program
  .command('http')
  .description('compare the API with other servers or checkouts: tables, goals, or a CPU profile')
  .addArgument(new Argument('[report]').choices(['tables', 'goals', 'profile']).default('tables'))
  .option('--rounds <n>', 'rounds', wholeNumber(1, 9_999), 5)
  .option('--seconds <n>', 'length of a measurement', wholeNumber(1, 9_999), 6)
  .option('--connections <n>', 'connections', wholeNumber(1, 9_999), 16)
  .option('--rows <names>', 'only these kinds of requests, as in book,page', splitNames)
  .option('--servers <names>', 'only these servers, as in fakebook,mercurius', splitNames)
  .option('--beside <path>', 'compare with the API of another checkout, which has its own node_modules')
  .action(async (report, options) => finish((await import('./http/run.ts')).runHttp(report, options)))

program
  .command('guard')
  .description('count bytes and calls of requests, and fail where they grew over guard/recorded.json')
  .option('--record', 'write recorded.json')
  .action(async (options) => finish((await import('./guard/run.ts')).runGuard(options)))

program
  .command('drain')
  .description('stop the API under load again and again, and count lost requests')
  .option('--rounds <n>', 'starts and stops', wholeNumber(1, 999), 20)
  .option('--connections <n>', 'connections', wholeNumber(1, 999), 32)
  .option('--workers <n>', 'worker processes (default: 1, or 2 with --rolling)', wholeNumber(1, 64))
  .option('--rolling', 'replace the workers before each stop')
  .option('--fresh', 'send each request over a new connection')
  .action(async (options) => finish((await import('./drain/run.ts')).runDrain(options)))

program
  .command('workers')
  .description('compare one process with several')
  .option('--workers <n>', 'worker processes', wholeNumber(1, 64), 2)
  .option('--rounds <n>', 'rounds', wholeNumber(1, 64), 5)
  .action(async (options) => finish((await import('./workers/run.ts')).runWorkers(options)))

program
  .command('check')
  .description('measure the scope check alone, and by the size of the document')
  .action(async () => finish((await import('./check/run.ts')).runCheck()))

program
  .command('documents')
  .description(
    'search for documents that cost more than a plain one of their length, and fail above five times',
  )
  .option('--count <n>', 'documents to try', wholeNumber(200, 999_999), 3_000)
  .option('--seed <n>', 'seed of random choices', wholeNumber(0, 999_999_999), 1)
  .action(async (options) => finish((await import('./documents/run.ts')).runDocuments(options)))

program
  .command('token')
  .description('measure the token check alone: cached, first check, and rejections')
  .action(async () => finish((await import('./token/run.ts')).runToken()))

program
  .command('load')
  .description('load the API with three times its peak rate')
  .action(async () => finish((await import('./load/run.ts')).runLoad()))

program
  .command('store')
  .description('measure the database code on SQLite and PostgreSQL (TEST_POSTGRES)')
  .addArgument(new Argument('<kind>').choices(['growth', 'import', 'crash', 'race']))
  .option('--count <n>', 'size of the run', wholeNumber(1, 99_999_999))
  .option('--seed <n>', 'seed of random choices', wholeNumber(0, 999_999_999), 1)
  .action(async (kind, options) => finish((await import('./store/run.ts')).runStore(kind, options)))

program
  .command('memory')
  .description('load the API with all kinds of requests, and fail where its memory grows')
  .option('--minutes <n>', 'length of the load', wholeNumber(1, 1_440), 10)
  .option('--connections <n>', 'connections for each kind of request', wholeNumber(1, 1_000), 4)
  .option('--heap <MiB>', 'limit of V8’s old space', wholeNumber(64, 65_536), 256)
  .action(async (options) => finish((await import('./memory/run.ts')).runMemory(options)))

program
  .command('exhaust')
  .description('attack an API with little memory, and fail where it ends or does not answer another client')
  .option('--seconds <n>', 'length of each attack', wholeNumber(1, 600), 15)
  .option('--heap <MiB>', 'limit of V8’s old space', wholeNumber(64, 65_536), 128)
  .action(async (options) => finish((await import('./exhaust/run.ts')).runExhaust(options)))

program
  .command('isolation')
  .description(
    'disturb the API in one way, or in all, and fail where other requests have to wait or are refused',
  )
  .addArgument(
    new Argument('[kind]', 'the disturbance; all by default').choices([
      'search',
      'locks',
      'latency',
      'redis',
      'sweep',
      'slow-readers',
    ]),
  )
  .option('--count <n>', 'books to search, or keys to delete', wholeNumber(1, 99_999_999))
  .action(async (kind, options) => finish((await import('./isolation/run.ts')).runIsolation(kind, options)))

/** Ends the process with the status of a program, which resolves with false when a goal is missed. */
async function finish(running: Promise<boolean | undefined> | Promise<void>): Promise<never> {
  const isMet = await running
  if (typeof isMet === 'boolean') console.log(isMet ? '\nAll goals are met.' : '\nA goal is missed.')
  process.exit(isMet === false ? 1 : 0)
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof ExitError)) throw error
  console.error(`error: ${error.message}`)
  process.exit(error.exitCode)
}
