import { Command, CommanderError } from 'commander'
import { addBackupCommand } from './cli/backup.ts'
import { addDoctorCommand } from './cli/doctor.ts'
import { HELP_CONFIGURATION } from './cli/help.ts'
import { addJobCommand } from './cli/job.ts'
import { addSchemaCommand } from './cli/schema.ts'
import { addScopesCommand } from './cli/scopes.ts'
import { addServerCommands } from './cli/servers.ts'
import { addTourCommand } from './cli/tour.ts'
import { ExitError } from './errors/exit-error.ts'

const MIN_NODE_MAJOR = 24
const EXIT_FAILED = 1
const EXIT_USAGE = 2

const program = new Command('fakebook')
  .description('A GraphQL API whose OAuth scopes are written once, in the schema')
  .usage('[options]')
  .exitOverride()
  .configureHelp(HELP_CONFIGURATION)
  .helpOption('-h, --help', 'prints this help')
  .helpCommand('help [command]', 'prints the help of a command')
  .showHelpAfterError('Run the command with --help to see its usage.')
const commandGroups = {
  'Servers:': [addServerCommands],
  'Clients:': [addJobCommand, addTourCommand],
  'Tools:': [addDoctorCommand, addScopesCommand, addSchemaCommand, addBackupCommand],
}
for (const [heading, addCommands] of Object.entries(commandGroups)) {
  program.commandsGroup(heading)
  for (const addCommand of addCommands) addCommand(program)
}

if (Number.parseInt(process.versions.node, 10) < MIN_NODE_MAJOR) {
  console.error(
    `Node ${MIN_NODE_MAJOR} or newer is required; this is ${process.version}. Run "npm install", which installs one.`,
  )
  process.exit(EXIT_USAGE)
}
try {
  await program.parseAsync()
} catch (error) {
  process.exit(report(error))
}

/** Prints an error, with a stack only if it is unexpected, and returns the exit status. */
function report(error: unknown): number {
  // Commander has printed its message; 0 is the status of --help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
  if (error instanceof ExitError) {
    console.error(error.message)
    return error.exitCode
  }
  if (isScopeSchemaError(error)) console.error(error.message)
  else console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  return EXIT_FAILED
}

/** Compared by name: importing the class would load graphql for every command. */
function isScopeSchemaError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ScopeSchemaError'
}
