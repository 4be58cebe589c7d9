import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LoadRequest, latenciesOf, openLoop } from '../support/load-generator.ts'
import { markdownTable } from '../support/report.ts'
import { median, quantile } from '../support/statistics.ts'

const ROUNDS = 8
const TURN_SECONDS = 0.8
const CONNECTIONS = 64
/** A fraction of the peak. */
const RATE_PER_SECOND = 1_000
const SLOW_CONNECTIONS = 1_000
/** Between two bytes of a slow connection, well within the timeouts of headers and bodies. */
const BYTE_INTERVAL_MS = 500
/** The slow connections send in groups: all at once would be a burst. */
const GROUPS = 50
const SETTLE_MS = 300
const MAX_RATIO = 2

/** Half of the slow connections never end their headers, half their body. */
const REQUEST_STARTS = [
  'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
  'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n{',
]

/**
 * Sends requests at a steady rate, with and without 1,000 slow connections, in turn.
 * @returns whether the median p99 beside them is less than twice that without them
 */
export async function measureSlowClients(port: number, request: LoadRequest): Promise<boolean> {
  async function takeTurn() {
    const load = { port, next: () => request, connections: CONNECTIONS, seconds: TURN_SECONDS }
    const result = await openLoop(load, RATE_PER_SECOND)
    return { p99: quantile(latenciesOf(result, 200), 0.99), refused: latenciesOf(result, 503).length }
  }

  await takeTurn()
  const rows = []
  for (let round = 1; round <= ROUNDS; round++) {
    const alone = await takeTurn()
    const slow = await openSlowConnections(port)
    await sleep(SETTLE_MS)
    const beside = await takeTurn()
    rows.push({
      round,
      'alone, p99 ms': Number(alone.p99.toFixed(2)),
      'beside the slow, p99 ms': Number(beside.p99.toFixed(2)),
      refused: alone.refused + beside.refused,
      'slow still open': slow.countOpen(),
    })
    slow.close()
    await sleep(SETTLE_MS)
  }
  const alone = median(rows.map((row) => row['alone, p99 ms']))
  const beside = median(rows.map((row) => row['beside the slow, p99 ms']))
  console.log(
    `${RATE_PER_SECOND} requests/s; ${SLOW_CONNECTIONS} connections send a byte each ${BYTE_INTERVAL_MS} ms.\n`,
  )
  console.log(markdownTable(rows))
  console.log(`\nMedians: ${alone} ms, ${beside} ms: ${(beside / alone).toFixed(2)} times (goal < 2).`)
  const isServed = rows.every((row) => row['slow still open'] === SLOW_CONNECTIONS && row.refused === 0)
  return beside / alone < MAX_RATIO && isServed
}

async function openSlowConnections(port: number) {
  const sockets = Array.from({ length: SLOW_CONNECTIONS }, () => connect({ port, host: '127.0.0.1' }))
  for (const [index, socket] of sockets.entries()) {
    socket.on('error', () => undefined).resume()
    socket.write(REQUEST_STARTS[index % REQUEST_STARTS.length] ?? '')
  }
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  let group = 0
  const timer = setInterval(() => {
    for (let index = group; index < sockets.length; index += GROUPS) sockets[index]?.write('x')
    group = (group + 1) % GROUPS
  }, BYTE_INTERVAL_MS / GROUPS)
  return {
    countOpen: () => sockets.filter(({ destroyed }) => !destroyed).length,
    close() {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
    },
  }
}
