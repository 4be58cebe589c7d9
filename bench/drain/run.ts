/**
 * `npm run bench:drain [-- --rounds 20 --connections 32 --workers 1 --rolling --fresh]`: the API in a process of its own is told to
 * stop (SIGTERM) under load on connections that are kept (or on a new one each time: `--fresh`), again and again; with `--rolling` to replace its workers (SIGUSR2)
 * before. The goal: no request that was sent fails, none is answered by anything but a success, and each process exits with
 * 0. Exit status: 0 the goal is met, 1 it is missed, 2 wrong usage.
 */
import { parseArgs } from 'node:util'
import { startBenchIssuer } from '../http/token.ts'
import { type Round, restartUnderLoad, stopUnderLoad } from './round.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '32' },
    workers: { type: 'string' },
    rolling: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
  },
})
const { rolling, fresh } = values
const [rounds, connections] = [Number(values.rounds), Number(values.connections)]
const workers = Number(values.workers ?? (rolling ? 2 : 1))
const counts = [rounds, connections, workers]
if (!counts.every((count) => Number.isInteger(count) && count > 0 && count < 1_000)) {
  console.error('usage: npm run bench:drain [-- --rounds N --connections N --workers N --rolling --fresh]')
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const HEAD = [
  'answered',
  'sent after the signal',
  'last on theirs',
  'no success',
  'not sent',
  'reset',
  'broken',
]
const BEFORE_MS = 600
/** The signal comes at another moment of the slow clients' pauses each time. */
const STEP_MS = 37

const cells = ({
  answered,
  late,
  last,
  failed,
  notSent,
  reset,
  broken,
}: Omit<Round, 'exit' | 'milliseconds'>) => [answered, late, last, failed, notSent, reset, broken].join(' | ')
const lost = ({ failed, reset, broken, exit }: Round) => failed + reset + broken + (exit === 0 ? 0 : 1)

console.log(
  `${rolling ? 'SIGUSR2' : 'SIGTERM'}, ${workers} workers, ${rounds} times, under ${connections} connections that are ${fresh ? 'new each time' : 'kept'}; 1 in 8 writes.\n`,
)
console.log(
  `| round | ${HEAD.join(' | ')} | exit | ms to exit |\n| ${'---: | '.repeat(HEAD.length + 3).trim()}`,
)
const issuer = await startBenchIssuer()
const token = await issuer.accessToken(['fakebookapi.read', 'fakebookapi.admin'])
const all: Round[] = []
for (let round = 1; round <= rounds; round += 1) {
  const beforeMs = BEFORE_MS + ((round * STEP_MS) % BEFORE_MS)
  const done = await (rolling ? restartUnderLoad : stopUnderLoad)({
    issuer: issuer.issuer,
    token,
    connections,
    workers,
    fresh,
    beforeMs,
  })
  all.push(done)
  console.log(`| ${round} | ${cells(done)} | ${done.exit} | ${done.milliseconds.toFixed(0)} |`)
}
await issuer.close()
const sum = (count: (round: Round) => number) => all.reduce((total, round) => total + count(round), 0)
const answered = sum((round) => round.answered)
const missed = sum(lost)
console.log(
  `\n${answered} answers; ${missed} requests or exits that failed. The goal is ${missed === 0 ? 'met' : 'missed'}.`,
)
process.exit(missed === 0 ? 0 : 1)
