import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { getSystemErrorMap, parseArgs } from 'node:util'
import { type GraphQLSchema, Source } from 'graphql'
import { buildSchemaFromFiles } from './build-schema.ts'
import { findFiles, isPattern } from './find-files.ts'
import {
  hasViolations,
  type Report,
  reportDiff,
  reportExplanation,
  reportTable,
  reportViolations,
} from './reports.ts'
import { ScopeSchemaError } from './schema-violation.ts'
import { UsageError } from './usage-error.ts'

export { type ExplanationOptions, reportDiff, reportExplanation, reportTable } from './reports.ts'

const NAME = 'graphql-oauth-scopes'
const EXIT_FAILED = 1
const EXIT_USAGE = 2
const FILES_HELP =
  "FILES are the files of the schema in SDL, or quoted patterns such as 'schema/**/*.graphql' or '{a,b}/*.graphql'."

/** The options of all commands. `value` stands for the option's value in the help. */
const OPTIONS = {
  strict: { type: 'boolean', help: 'demands a rule or @public on every field, as `strict` of createScopes' },
  json: { type: 'boolean', help: 'prints JSON' },
  query: { type: 'string', value: 'QUERY', help: 'the operation' },
  document: { type: 'string', value: 'FILE', help: 'a file with the operation, in place of --query' },
  scopes: { type: 'string', value: 'SCOPES', help: 'scopes of the token, separated by spaces or commas' },
  variables: { type: 'string', value: 'JSON', help: 'variables of the request' },
  operation: { type: 'string', value: 'NAME', help: 'the operation to execute, if the document has several' },
  old: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'a file or pattern of the old schema; may be repeated',
  },
  'allow-inherited': {
    type: 'boolean',
    help: 'allows new fields without a rule or @public of their own',
  },
} as const

type OptionName = keyof typeof OPTIONS
type Values = Partial<Record<'strict' | 'json' | 'allow-inherited', boolean>> &
  Partial<Record<'query' | 'document' | 'scopes' | 'variables' | 'operation', string>> & {
    readonly old?: readonly string[]
    readonly help?: boolean
  }

type Command = {
  readonly usage: string
  /** A sentence without its subject and full stop. */
  readonly summary: string
  /** When the exit status is 1. */
  readonly failure?: string
  readonly options: readonly OptionName[]
  readonly run: (files: readonly string[], values: Values) => Report
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'lint',
    {
      usage: 'FILES... [--strict]',
      summary: 'prints every violation of the schema, with its line and fix',
      failure: 'there is one',
      options: ['strict'],
      run: (files, { strict }) => reportViolations(() => readSchema(files), { strict }),
    },
  ],
  [
    'table',
    {
      usage: 'FILES... [--json]',
      summary: 'prints the scopes that each field requires',
      options: ['json'],
      run: (files, { json }) => reportTable(readSchemaWithNote(files), { json }),
    },
  ],
  [
    'explain',
    {
      usage: 'FILES... (--query QUERY | --document FILE) [options]',
      summary: 'prints whether an operation is authorized and which scopes are missing',
      failure: 'it is denied',
      options: ['query', 'document', 'scopes', 'variables', 'operation'],
      run: (files, values) => {
        const document = readDocument(values)
        return reportExplanation(readSchemaWithNote(files), document, values)
      },
    },
  ],
  [
    'diff',
    {
      usage: 'FILES... --old FILE [options]',
      summary: 'prints the rules that are weaker or stronger than in an old schema, and new fields',
      failure: 'a rule is weaker or cannot be compared, or a new field inherits its rule',
      options: ['old', 'allow-inherited'],
      run: (files, { old = [], 'allow-inherited': allowInherited }) => {
        if (old.length === 0) throw new UsageError('Name the old schema with --old FILE.')
        const oldFiles = readFiles(old)
        return reportDiff(() => buildSchemaFromFiles(oldFiles), readSchemaWithNote(files), {
          allowInherited,
        })
      },
    },
  ],
])

/** Runs the command line of the package: prints to the standard streams, and sets the exit status of the process. */
export function runCli([name = '', ...args]: readonly string[]): void {
  printReport(() => {
    if (name === '--help' || name === '-h') return { lines: formatHelp(), exitCode: 0 }
    const command = COMMANDS.get(name)
    if (command) return runCommand(name, command, args)
    const problem = name ? `Unknown command "${name}".` : 'Name a command.'
    throw new UsageError([problem, '', ...formatHelp()].join('\n'))
  })
}

function runCommand(name: string, command: Command, args: readonly string[]): Report {
  const { values, positionals } = parseArguments(name, command, args)
  if (values.help) return { lines: formatCommandHelp(name, command), exitCode: 0 }
  if (positionals.length === 0)
    throw new UsageError("Name the files of the schema, for example 'schema/**/*.graphql'.")
  return command.run(positionals, values)
}

function parseArguments(name: string, { options }: Command, args: readonly string[]) {
  const help = { type: 'boolean', short: 'h' } as const
  const names = options.map((option) => [option, OPTIONS[option]])
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...Object.fromEntries(names), help },
    })
    return { values: values as Values, positionals }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // The hint of Node.js about "--" is of no use here.
    throw new UsageError(
      `${message.replace(/ To specify a positional.*/s, '')}\nRun "${NAME} ${name} --help" to see its usage.`,
    )
  }
}

/**
 * Prints the report of a command, or the error for its user, and sets the exit status of the process: 1 for a schema that is
 * invalid, 2 for wrong usage.
 */
export function printReport(createReport: () => Report): void {
  try {
    const { lines, exitCode } = createReport()
    process.exitCode = exitCode
    print(process.stdout, lines)
  } catch (error) {
    const isUsageError = error instanceof UsageError || error instanceof RangeError
    if (!isUsageError && !(error instanceof ScopeSchemaError)) throw error
    process.exitCode = isUsageError ? EXIT_USAGE : EXIT_FAILED
    // Parsing and validating are recursive.
    const message =
      error instanceof RangeError ? 'The schema or the operation is nested too deeply.' : error.message
    print(process.stderr, message.split('\n'))
  }
}

/** Prints lines with control and formatting characters escaped, which scopes and names of files can contain. */
function print(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  if (!stream.listeners('error').includes(handleOutputError)) stream.on('error', handleOutputError)
  const escaped = lines.map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, escapeCharacter))
  stream.write(`${escaped.join('\n')}\n`)
}

function handleOutputError(error: NodeJS.ErrnoException): void {
  // The reader of a pipe may close it early, as `head` does.
  if (error.code === 'EPIPE') return
  process.exitCode = EXIT_FAILED
  console.error(`The output cannot be written: ${error.message}`)
}

const escapeCharacter = (text: string) => `\\u${(text.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`

/**
 * Reads the files of a schema.
 * @param patterns paths, or patterns as `findFiles` has them
 * @throws UsageError if a pattern matches no file, or a file cannot be read
 */
export function readFiles(patterns: readonly string[]): { readonly name: string; readonly text: string }[] {
  const names = patterns.flatMap((pattern) => {
    const files = findFiles(pattern)
    if (files.length === 0 && isPattern(pattern)) throw new UsageError(`No file matches ${pattern}.`)
    return files.length > 0 ? files : [pattern]
  })
  const distinct = new Map(names.map((name) => [resolve(name), name]))
  return [...distinct.values()].map((name) => ({ name, text: readFile(name) }))
}

function readFile(name: string): string {
  try {
    if (!statSync(name).isDirectory()) return readFileSync(name, 'utf8')
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException
    const [, reason = String(error)] = getSystemErrorMap().get(errno) ?? []
    throw new UsageError(`${name} cannot be read: ${reason}.`)
  }
  throw new UsageError(`${name} is a folder. Name its files, for example '${name}/**/*.graphql'.`)
}

const readSchema = (patterns: readonly string[]) => buildSchemaFromFiles(readFiles(patterns))

/** Reads a schema for a command that does not check its rules. */
function readSchemaWithNote(patterns: readonly string[]): GraphQLSchema {
  const schema = readSchema(patterns)
  if (hasViolations(schema))
    print(process.stderr, [`Note: createScopes rejects this schema. Run "${NAME} lint" to see why.`])
  return schema
}

function readDocument({ query, document }: Values): string | Source {
  if ((query === undefined) === (document === undefined))
    throw new UsageError('Give the operation with either --query or --document.')
  return query ?? new Source(readFile(document ?? ''), document)
}

const formatHelp = () => [
  `Usage: ${NAME} <command> FILES... [options]`,
  '',
  'Commands:',
  ...[...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`),
  '',
  FILES_HELP,
  `Run "${NAME} <command> --help" to see the options of a command.`,
  'Exit status: 0 done, 1 failed, 2 wrong usage.',
]

function formatCommandHelp(name: string, { usage, summary, failure, options }: Command): string[] {
  const rows = options.map((option) => {
    const { help, ...rest } = OPTIONS[option]
    return [`--${option}${'value' in rest ? ` ${rest.value}` : ''}`, help] as const
  })
  return [
    `Usage: ${NAME} ${name} ${usage}`,
    '',
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.${failure ? ` Exits with 1 if ${failure}.` : ''}`,
    FILES_HELP,
    '',
    'Options:',
    ...[...rows, ['-h, --help', 'prints this help']].map(
      ([option = '', help]) => `  ${option.padEnd(17)} ${help}`,
    ),
  ]
}
