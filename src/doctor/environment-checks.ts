import { createServer } from 'node:net'
import { check } from './check.ts'
import { isTrouble } from './http-probe.ts'
import type { Examined } from './probes.ts'
import { type Outcome, ok, wrong } from './report-line.ts'
import type { Port } from './setup.ts'

const OLDEST_NODE = 24
const OLDEST_REDIS = 7

async function lookAtNode({ tools: { nodeVersion } }: Examined): Promise<Outcome> {
  return Number.parseInt(nodeVersion, 10) >= OLDEST_NODE
    ? ok(nodeVersion)
    : wrong('D01a', { version: nodeVersion, needed: OLDEST_NODE })
}

async function lookAtSettings({ setup }: Examined): Promise<Outcome> {
  return ok(
    setup.embedded ? 'no OKTA_ISSUER: the embedded authorization server' : `OKTA_ISSUER=${setup.issuer}`,
  )
}

type Use = 'free' | 'ours' | 'taken' | 'forbidden'

async function lookAtPorts({ setup: { ports }, questions }: Examined): Promise<Outcome> {
  const uses: { readonly port: Port; readonly use: Use }[] = []
  for (const port of ports.filter((one) => one.port !== 0))
    uses.push({ port, use: await useOf(port, questions) })
  const named = (use: Use) =>
    uses.filter((one) => one.use === use).map(({ port }) => `${port.port} (${port.setting})`)
  const example = (use: Use, next: (port: number) => number) => {
    const first = uses.find((one) => one.use === use)?.port
    return first && `${first.setting}=${next(first.port)}`
  }
  const [taken, forbidden] = [named('taken'), named('forbidden')]
  if (taken.length > 0)
    return wrong('D19a', { ports: taken.join(' and '), example: example('taken', (port) => port + 1) })
  if (forbidden.length > 0)
    return wrong('D19b', {
      ports: forbidden.join(' and '),
      example: example('forbidden', (port) => port + 8000),
    })
  const words = [
    [named('free'), 'free'],
    [named('ours'), 'ours already'],
  ] as const
  return ok(
    words.flatMap(([names, use]) => (names.length > 0 ? [`${names.join(', ')} ${use}`] : [])).join('; ') ||
      'any that are free',
  )
}

/** Addresses that mean this machine, or all that it has. */
const LOCAL = new Set(['127.0.0.1', '0.0.0.0', '::', '::1'])

async function useOf({ port, host, sign }: Port, { ask }: Examined['questions']): Promise<Use> {
  const code = await triedToListen(port, host)
  if (code === undefined) return 'free'
  if (code !== 'EADDRINUSE') return 'forbidden'
  const asked = LOCAL.has(host) ? 'localhost' : host
  const url = `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}${sign.path}`
  // In production the web app answers only what came by https, as its proxy says.
  const answer = await ask(url, { headers: { 'x-forwarded-proto': 'https' } })
  return !isTrouble(answer) && answer.text.includes(sign.text) ? 'ours' : 'taken'
}

/** Listens for a moment. @returns the error's code; undefined when it can */
const triedToListen = (port: number, host: string) =>
  new Promise<string | undefined>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

/** It is opened to be read: nothing is made, and nothing is brought up to date. */
async function lookAtDatabase({ setup, tools }: Examined): Promise<Outcome> {
  const found = await tools.lookAtDatabase(setup.databaseUrl)
  switch (found.state) {
    case 'memory':
      return ok('in memory: what is written is forgotten at the end')
    case 'absent':
      return ok(`${found.place} is not there yet: the first start makes it`)
    case 'older':
      return ok(`${found.place} opens; the next start brings its tables up to date`)
    case 'current':
      return ok(`${found.place} opens, and its tables are up to date`)
    case 'newer':
      return wrong('D20b', { names: found.names.join(', ') })
    case 'unopened':
      return wrong('D20a', { words: found.words })
    case 'read-only':
      return wrong('D20c', { words: found.words })
    case 'away':
      return wrong('D20d', { words: found.words })
    case 'standby':
      return wrong('D20e', { words: found.words })
    case 'forbidden':
      return wrong('D20f', { words: found.words })
  }
}

async function lookAtRedis({ setup: { redisUrl }, tools }: Examined): Promise<Outcome> {
  if (redisUrl === undefined) return ok('no REDIS_URL: one copy of the API needs none')
  try {
    const { version, policy } = await tools.askRedis(redisUrl)
    if (Number.parseInt(version, 10) < OLDEST_REDIS) return wrong('D21b', { version })
    if (policy !== undefined && policy !== 'noeviction') return wrong('D21c', { policy })
    return ok(`Redis ${version}`)
  } catch (error) {
    return wrong('D21a', { words: (error as Error).message })
  }
}

export const FIRST_CHECKS = [
  check('D01', 'node', [], lookAtNode),
  check('D02', 'settings', [], lookAtSettings),
] as const

export const LAST_CHECKS = [
  check('D19', 'ports', ['settings'], lookAtPorts),
  check('D20', 'database', ['settings'], lookAtDatabase),
  check('D21', 'redis', ['settings'], lookAtRedis),
] as const
