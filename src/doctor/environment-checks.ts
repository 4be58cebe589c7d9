import { createServer } from 'node:net'
import { defineCheck } from './check.ts'
import { isProbeFailure } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem } from './report-line.ts'
import type { ListenPort } from './setup.ts'

const OLDEST_NODE = 24
const OLDEST_REDIS = 7

async function lookAtNode({ serverChecks: { nodeVersion } }: CheckContext): Promise<CheckOutcome> {
  return Number.parseInt(nodeVersion, 10) >= OLDEST_NODE
    ? ok(nodeVersion)
    : problem('D01a', { version: nodeVersion, needed: OLDEST_NODE })
}

async function lookAtSettings({ setup }: CheckContext): Promise<CheckOutcome> {
  return ok(
    setup.isEmbedded ? 'no OKTA_ISSUER: the embedded authorization server' : `OKTA_ISSUER=${setup.issuer}`,
  )
}

type Use = 'free' | 'ours' | 'taken' | 'forbidden'

async function lookAtPorts({ setup: { ports }, probes }: CheckContext): Promise<CheckOutcome> {
  const uses: { readonly port: ListenPort; readonly use: Use }[] = []
  for (const port of ports.filter((one) => one.port !== 0))
    uses.push({ port, use: await useOf(port, probes) })
  const named = (use: Use) =>
    uses.filter((one) => one.use === use).map(({ port }) => `${port.port} (${port.settingName})`)
  const example = (use: Use, next: (port: number) => number) => {
    const first = uses.find((one) => one.use === use)?.port
    return first && `${first.settingName}=${next(first.port)}`
  }
  const [taken, forbidden] = [named('taken'), named('forbidden')]
  if (taken.length > 0)
    return problem('D19a', { ports: taken.join(' and '), example: example('taken', (port) => port + 1) })
  if (forbidden.length > 0)
    return problem('D19b', {
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

async function useOf(
  { port, host, fingerprint }: ListenPort,
  { request }: CheckContext['probes'],
): Promise<Use> {
  const code = await triedToListen(port, host)
  if (code === undefined) return 'free'
  if (code !== 'EADDRINUSE') return 'forbidden'
  const asked = LOCAL.has(host) ? 'localhost' : host
  const url = `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}${fingerprint.path}`
  // In production the web app answers only what came by https, as its proxy says.
  const answer = await request(url, { headers: { 'x-forwarded-proto': 'https' } })
  return !isProbeFailure(answer) && answer.text.includes(fingerprint.text) ? 'ours' : 'taken'
}

/** Listens for a moment. @returns the error's code; undefined when it can */
const triedToListen = (port: number, host: string) =>
  new Promise<string | undefined>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

/** It is opened to be read: nothing is made, and nothing is brought up to date. */
async function lookAtDatabase({ setup, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const found = await serverChecks.inspectDatabase(setup.databaseUrl)
  switch (found.state) {
    case 'memory':
      return ok('in memory: what is written is forgotten at the end')
    case 'absent':
      return ok(`${found.location} is not there yet: the first start makes it`)
    case 'older':
      return ok(`${found.location} opens; the next start brings its tables up to date`)
    case 'current':
      return ok(`${found.location} opens, and its tables are up to date`)
    case 'newer':
      return problem('D20b', { names: found.names.join(', ') })
    case 'unopened':
      return problem('D20a', { words: found.description })
    case 'read-only':
      return problem('D20c', { words: found.description })
    case 'away':
      return problem('D20d', { words: found.description })
    case 'standby':
      return problem('D20e', { words: found.description })
    case 'forbidden':
      return problem('D20f', { words: found.description })
  }
}

async function lookAtRedis({ setup: { redisUrl }, serverChecks }: CheckContext): Promise<CheckOutcome> {
  if (redisUrl === undefined) return ok('no REDIS_URL: one copy of the API needs none')
  try {
    const { version, policy } = await serverChecks.inspectRedis(redisUrl)
    if (Number.parseInt(version, 10) < OLDEST_REDIS) return problem('D21b', { version })
    if (policy !== undefined && policy !== 'noeviction') return problem('D21c', { policy })
    return ok(`Redis ${version}`)
  } catch (error) {
    return problem('D21a', { words: (error as Error).message })
  }
}

export const PREREQUISITE_CHECKS = [
  defineCheck('D01', 'node', [], lookAtNode),
  defineCheck('D02', 'settings', [], lookAtSettings),
] as const

export const LOCAL_RESOURCE_CHECKS = [
  defineCheck('D19', 'ports', ['settings'], lookAtPorts),
  defineCheck('D20', 'database', ['settings'], lookAtDatabase),
  defineCheck('D21', 'redis', ['settings'], lookAtRedis),
] as const
