import { parseArgs } from 'node:util'
import { wholeNumber } from './frame.ts'
import type { RequestRow } from './rows/row.ts'
import { rows } from './rows.ts'
import { type ServerRow, serverNamed, servers } from './servers.ts'

export interface Options {
  /** What is done. */
  readonly command: string
  readonly rounds: number
  /** Length of a turn, and of the warm-up before the first. */
  readonly seconds: number
  readonly connections: number
  readonly servers: readonly ServerRow[]
  readonly rows: readonly RequestRow[]
  /** Whether the rows were chosen; else they are all there are. */
  readonly chosen: boolean
}

const COUNT = [1, 9_999] as const

/**
 * Reads the command line. Throws a RangeError or a TypeError that names what is at fault.
 * @param commands what can be done; the first where no command is given
 */
export function readOptions(argv: readonly string[], commands: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '16' },
      servers: { type: 'string' },
      rows: { type: 'string' },
    },
  })
  const [command = commands[0] ?? '', ...others] = positionals
  if (!commands.includes(command) || others.length > 0)
    throw new RangeError(`${positionals.join(' ')} is none of ${commands.join(', ')}`)
  if (command === 'goals' && (values.servers ?? values.rows) !== undefined)
    throw new RangeError('The goals say what is asked of whom: leave out --servers and --rows')
  return {
    command,
    rounds: wholeNumber('rounds', values.rounds, COUNT),
    seconds: wholeNumber('seconds', values.seconds, COUNT),
    connections: wholeNumber('connections', values.connections, COUNT),
    servers: values.servers?.split(',').map(serverNamed) ?? servers,
    rows: values.rows?.split(',').map(rowNamed) ?? rows,
    chosen: values.rows !== undefined,
  }
}

/** Returns a row. Throws a RangeError where there is none of this name. */
export function rowNamed(name: string): RequestRow {
  const row = rows.find((candidate) => candidate.name === name)
  if (row !== undefined) return row
  throw new RangeError(`${name} is none of ${rows.map((known) => known.name).join(', ')}`)
}
