import { parseArgs } from 'node:util'
import { type ServerRow, servers } from './servers.ts'

export interface Options {
  readonly rounds: number
  /** Length of a turn, and of the warm-up before the first. */
  readonly seconds: number
  readonly connections: number
  readonly servers: readonly ServerRow[]
}

/** Reads the command line. Throws a RangeError or a TypeError that names the option at fault. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '16' },
      servers: { type: 'string', default: servers.map((row) => row.name).join(',') },
    },
  })
  return {
    rounds: wholeNumber('rounds', values.rounds),
    seconds: wholeNumber('seconds', values.seconds),
    connections: wholeNumber('connections', values.connections),
    servers: values.servers.split(',').map(serverNamed),
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new RangeError(`--${name} is a whole number of 1 to 9999`)
  return Number(text)
}

function serverNamed(name: string): ServerRow {
  const row = servers.find((candidate) => candidate.name === name)
  if (row !== undefined) return row
  throw new RangeError(`--servers: ${name} is none of ${servers.map((known) => known.name).join(', ')}`)
}
