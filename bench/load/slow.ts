import { setTimeout as wait } from 'node:timers/promises'
import { median, quantile } from '../http/statistics.ts'
import { openLoop } from './generate.ts'
import type { Stage } from './stage.ts'
import { openSlow, portOf } from './wire.ts'

const ROUNDS = 8
const TURN_SECONDS = 0.8
const CONNECTIONS = 64
/** An ordinary load: a fraction of what the server can do. */
const PER_SECOND = 1_000
const SLOW_CONNECTIONS = 1_000
/** Milliseconds between two bytes of each: well within the time that headers and bodies may take. */
const TRICKLE_MS = 500
const SETTLE_MS = 300
const GOAL_TIMES = 2

/** Half of the slow never end their headers, half of them their body. */
const BEGINNINGS = [
  'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
  'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n{',
]

/**
 * Ordinary requests at a steady rate, beside 1,000 connections that trickle and without them, in turns.
 * @returns whether the p99 with them is less than twice the p99 without, by the medians
 */
export async function benchSlow({ server, asks }: Stage): Promise<boolean> {
  const ask = asks.at(-1)
  if (!ask) throw new Error('there is nothing to ask')
  const load = {
    port: portOf(server.origin),
    bytes: ask.bytes,
    connections: CONNECTIONS,
    seconds: TURN_SECONDS,
  }
  const turn = async () => quantiles(await openLoop(load, PER_SECOND))
  await turn()
  const rounds: { readonly alone: Turn; readonly beside: Turn; readonly open: number }[] = []
  for (let i = 0; i < ROUNDS; i++) {
    const alone = await turn()
    const slow = await trickle(load.port)
    await wait(SETTLE_MS)
    const beside = await turn()
    rounds.push({ alone, beside, open: slow.stop() })
    // A thousand connections end: that is part of neither turn.
    await wait(SETTLE_MS)
  }
  console.log(
    `${PER_SECOND} requests/s; ${SLOW_CONNECTIONS} slow connections send a byte each ${TRICKLE_MS} ms.\n`,
  )
  console.log(
    '| round | alone p50, p99 ms | beside the slow p50, p99 ms | slow still open | refused | generator, cores |',
  )
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |')
  rounds.forEach(({ alone, beside, open }, i) => {
    const times = [alone, beside].map(({ p50, p99 }) => `${p50.toFixed(2)}, ${p99.toFixed(2)}`)
    console.log(
      `| ${[i + 1, ...times, open, alone.refused + beside.refused, beside.core.toFixed(2)].join(' | ')} |`,
    )
  })
  const [without, with_] = [
    median(rounds.map(({ alone }) => alone.p99)),
    median(rounds.map(({ beside }) => beside.p99)),
  ]
  const held = rounds.every(({ open }) => open === SLOW_CONNECTIONS)
  const served = rounds.every(({ alone, beside }) => alone.refused + beside.refused === 0)
  console.log(
    `\np99, medians: ${without.toFixed(2)} ms alone, ${with_.toFixed(2)} ms beside the slow: ${(with_ / without).toFixed(2)} times (goal < 2).`,
  )
  return with_ / without < GOAL_TIMES && held && served
}

type Turn = ReturnType<typeof quantiles>
function quantiles({ latencies, core }: Awaited<ReturnType<typeof openLoop>>) {
  const served = latencies.get(200) ?? []
  const all = [...latencies.values()].reduce((sum, { length }) => sum + length, 0)
  return { p50: quantile(served, 0.5), p99: quantile(served, 0.99), refused: all - served.length, core }
}

/** @returns what ends them all, and says how many were open until then */
async function trickle(port: number): Promise<{ stop(): number }> {
  const sockets = await Promise.all(Array.from({ length: SLOW_CONNECTIONS }, () => openSlow(port)))
  let open = sockets.length
  sockets.forEach((socket, i) => {
    socket.write(BEGINNINGS[i % BEGINNINGS.length] ?? '')
    socket.on('close', () => {
      open -= 1
    })
  })
  // A part at each time: all at once would be a burst that no thousand strangers make.
  const parts = 50
  let part = 0
  const timer = setInterval(() => {
    for (let i = part; i < sockets.length; i += parts) if (!sockets[i]?.destroyed) sockets[i]?.write('x')
    part = (part + 1) % parts
  }, TRICKLE_MS / parts)
  return {
    stop() {
      clearInterval(timer)
      const still = open
      for (const socket of sockets) socket.destroy()
      return still
    },
  }
}
