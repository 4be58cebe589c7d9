import { join } from 'node:path'
import { MeasuredServer, measureInterleaved } from '../http/measure.ts'
import { findRow } from '../http/rows.ts'
import { withIssuer } from '../support/issuer.ts'
import { markdownTable } from '../support/report.ts'
import { apiCommand, withServers } from '../support/server-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const CONNECTIONS = 64
const SECONDS = 2
/** High enough that no request is rejected. */
const RATE_LIMIT = '10000000'

/** Compares one process with several, without and with CLIENT_RATE_LIMIT. */
export async function runWorkers({ workers, rounds }: { readonly workers: number; readonly rounds: number }) {
  const folder = createTemporaryFolder()
  const databaseUrl = `file:${join(folder, 'books.db')}`
  const env = { DATABASE_URL: databaseUrl, LOOP_DELAY_LIMIT: '600000', AUDIT_LOG: 'off' }
  const commands = [{}, { CLIENT_RATE_LIMIT: RATE_LIMIT }].flatMap((limits) =>
    [1, workers].map((count) => ({
      ...apiCommand({ ...env, ...limits, WORKERS: String(count) }),
      title: 'CLIENT_RATE_LIMIT' in limits ? `${count}, counted` : String(count),
    })),
  )
  await withIssuer(async (issuer) => {
    const row = findRow('book')
    const template = await row.prepare(issuer)
    await withServers(commands, issuer.url, async (servers) => {
      const measuredServers = servers.map((server) => new MeasuredServer(server, row, template))
      await measureInterleaved(measuredServers, { rounds, seconds: SECONDS, connections: CONNECTIONS })
      const rows = measuredServers.map((measured) => ({
        workers: measured.server.command.title,
        'requests/s': measured.median('perSecond').toFixed(0),
        'CPU µs/request, all processes': measured.median('cpuPerRequest').toFixed(0),
        'cores of the service': measured.median('serverCores').toFixed(2),
        'of the generator': measured.median('generatorCores').toFixed(2),
      }))
      console.log(`Medians of ${rounds} rounds of ${SECONDS} s over ${CONNECTIONS} connections.\n`)
      console.log(markdownTable(rows))
    })
  })
}
