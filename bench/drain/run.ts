import { join } from 'node:path'
import { withIssuer } from '../support/issuer.ts'
import { log, markdownTable } from '../support/report.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { type LoadRound, runLoadRound } from './load-round.ts'

export interface DrainOptions {
  readonly rounds: number
  readonly connections: number
  readonly workers?: number
  readonly rolling?: boolean
  readonly fresh?: boolean
}

const LOAD_MS = 600
/** Moves the signal to another point of the clients' pauses in each round. */
const STEP_MS = 37

/** Stops the API under load again and again. @returns whether no request that was sent failed and every exit status was 0 */
export async function runDrain(options: DrainOptions): Promise<boolean> {
  const { rounds, connections, rolling: isRolling = false, fresh: isFresh = false } = options
  const workers = options.workers ?? (isRolling ? 2 : 1)
  const folder = createTemporaryFolder()
  const results: LoadRound[] = []
  await withIssuer(async (issuer) => {
    const token = await issuer.signToken(['fakebookapi.read', 'fakebookapi.admin'])
    const load = { issuer: issuer.url, token, connections, workers, isRolling, isFresh }
    for (let round = 0; round < rounds; round++) {
      const databaseUrl = workers > 1 ? `file:${join(folder, `${round}.db`)}` : 'file::memory:'
      const loadMs = LOAD_MS + ((round * STEP_MS) % LOAD_MS)
      results.push(await runLoadRound({ ...load, databaseUrl, loadMs }))
      log(`round ${round + 1} of ${rounds}`)
    }
  })
  const rows = results.map(({ replies, exitStatus, stopMs }, index) => ({
    round: index + 1,
    answered: replies.filter(({ status }) => status !== 0).length,
    'with Connection: close': replies.filter(({ headers }) => headers.connection === 'close').length,
    'not 200': replies.filter(({ status }) => status !== 0 && status !== 200).length,
    'not sent': replies.filter(({ failure }) => failure === 'not sent').length,
    reset: replies.filter(({ failure }) => failure === 'reset').length,
    incomplete: replies.filter(({ failure }) => failure === 'incomplete').length,
    'exit status': String(exitStatus),
    'ms to exit': stopMs.toFixed(0),
  }))
  const answered = rows.reduce((sum, row) => sum + row.answered, 0)
  const lost = rows.reduce((sum, row) => sum + row['not 200'] + row.reset + row.incomplete, 0)
  const failedExits = results.filter(({ exitStatus }) => exitStatus !== 0).length
  console.log(
    `${isRolling ? 'SIGUSR2' : 'SIGTERM'}, ${workers} workers, ${rounds} times, under ${connections} ` +
      `${isFresh ? 'clients with a new connection for each request' : 'keep-alive connections'}; 1 in 8 writes.\n`,
  )
  console.log(markdownTable(rows))
  console.log(`\n${answered} answers; ${lost} requests lost; ${failedExits} exits with an error.`)
  return lost + failedExits === 0
}
