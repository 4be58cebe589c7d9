import { Command, CommanderError } from 'commander'
import { addJobCommands } from './cli/job.ts'
import {
  InvalidSettingsError,
  loadConfig,
  loadSettings,
  missingClientErrors,
  parseConfig,
  requireIssuer,
} from './config/config.ts'

const OLDEST_NODE = 24
/** Faults whose message says all that their reader needs. */
const SPEAKING = new Set([
  'InvalidSettingsError',
  'UsageError',
  'SchemaViolationsError',
  'StartError',
  'DatabaseOpenError',
  'AuditLogError',
  'BackupError',
  'JobError',
])
/** Faults of whoever typed the command. */
const WRONG_USAGE = new Set(['InvalidSettingsError', 'UsageError'])

/** The commands, each a few lines; a command's rooms are loaded when it runs. */
const program = new Command('fakebook')
  .description('A GraphQL API whose OAuth scopes are written once, in the schema')
  .exitOverride()
  .configureHelp({ showGlobalOptions: false })

program
  .command('start')
  .description('API, authorization server and web app on one machine')
  .action(async () => {
    const { startAll } = await import('./app/start.ts')
    await startAll(loadConfig())
  })

program
  .command('api')
  .description('the API alone; OKTA_ISSUER is required')
  .option('--check', 'prints the settings that would hold, without secrets, and ends')
  .action(async ({ check }) => {
    const config = loadConfig()
    requireIssuer(config)
    if (!check && config.workers > 1)
      return (await import('./app/workers/start-workers.ts')).startWorkers(config)
    if (!check) return (await import('./app/start.ts')).startApiAlone(config)
    const { printSettings } = await import('./cli/settings.ts')
    printSettings(loadSettings())
  })

program
  .command('issuer')
  .description('the embedded authorization server alone')
  .action(async () => {
    const { startAuthorizationServerAlone } = await import('./app/start.ts')
    await startAuthorizationServerAlone(loadConfig())
  })

program
  .command('webapp')
  .description('the web app alone')
  .action(async () => {
    const { startWebappAlone } = await import('./app/start.ts')
    await startWebappAlone(loadConfig())
  })

program
  .command('tour')
  .description('tells the whole story on free ports')
  .option('--no-browser', 'the person does without a real browser, even if there is one')
  .action(async ({ browser }) => {
    const { runTour } = await import('./tour/tour.ts')
    const free = { PORT: '0', ISSUER_PORT: '0', WEBAPP_PORT: '0', DATABASE_URL: 'file::memory:' }
    process.exitCode = await runTour(parseConfig({ ...free, LOG_LEVEL: 'silent', AUDIT_LOG: 'off' }), {
      useRealBrowser: browser,
    })
  })

program
  .command('doctor')
  .description('looks at an Okta set-up: what is wrong, what to do, and where in Okta’s console')
  .option('--json', 'for programs')
  .option('--token [-]', 'explains the token on standard input, and says whether the API takes it')
  // Told kindly, and not repeated: what is typed here may be a token.
  .argument('[nothing...]')
  .usage('[options]')
  .action(async (rest, options) => {
    const { runDoctor } = await import('./cli/doctor.ts')
    process.exitCode = await runDoctor(rest, options)
  })

program
  .command('backup <file>')
  .description('copies an SQLite database to a file while the server runs; for PostgreSQL, says what does')
  .action(async (file) => {
    const { backupDatabase } = await import('./database/backup.ts')
    const { books, bytes } = await backupDatabase(loadConfig().databaseUrl, file)
    console.log(`${books} books, ${Math.ceil(bytes / 1_000)} kB: ${file}`)
  })

const scopes = program
  .command('scopes')
  .description('what each field asks for')
  .option('--json', 'for programs')
  .action(async (options) => {
    const { printScopes } = await import('./cli/scopes.ts')
    printScopes(options)
  })
scopes
  .command('diff <old...>')
  .description('what became weaker or stronger since an old schema; exits 1 if something became weaker')
  .action(async (files) => {
    const { printScopeDiff } = await import('./cli/scopes.ts')
    process.exitCode = printScopeDiff(files)
  })
scopes
  .command('explain <query>')
  .description('whether an operation is let through, or what is missing and where; exits 1 if it is refused')
  .option('--scopes <scopes>', 'what the token holds, with spaces or commas between')
  .option('--variables <json>', 'the request’s variables')
  .option('--operation <name>', 'which operation, if the document has several')
  .action(async (query, options) => {
    const { printScopeExplanation } = await import('./cli/scopes.ts')
    process.exitCode = printScopeExplanation(query, options)
  })

addJobCommands(program, jobConfig)

/** @throws InvalidSettingsError without a client of the job's own at an issuer that is not on this machine */
function jobConfig() {
  const config = loadConfig()
  const faults = missingClientErrors(config.issuer, config.jobClient, 'OKTA')
  if (faults.length > 0) throw new InvalidSettingsError(faults)
  return config
}

/** 0 done, 1 failed, 2 wrong usage or settings; 3 an import rejected rows. */
async function run(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    console.error(
      `This needs Node ${OLDEST_NODE} or newer; this is ${process.version}. "npm install" brings one.`,
    )
    process.exit(2)
  }
  try {
    await program.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2)
    console.error(words(error))
    process.exit(WRONG_USAGE.has((error as Error)?.name) ? 2 : 1)
  }
}

/** A fault in a line that says what to do; a stack only where the fault is ours. */
function words(error: unknown): string {
  const { name, message } = error as { name?: string; message?: string }
  if (SPEAKING.has(name ?? '')) return String(message)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

await run()
