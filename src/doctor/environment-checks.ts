import { createServer } from 'node:net'
import { isProbeFailure } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem } from './report-line.ts'
import type { DiagnosticCheck } from './run-checks.ts'
import type { ListenPort } from './setup.ts'

const MIN_NODE_VERSION = 24
const MIN_REDIS_VERSION = 7

async function checkNode({ serverChecks: { nodeVersion } }: CheckContext): Promise<CheckOutcome> {
  return Number.parseInt(nodeVersion, 10) >= MIN_NODE_VERSION
    ? ok(nodeVersion)
    : problem('D01a', { version: nodeVersion, required: MIN_NODE_VERSION })
}

/** Always passes: invalid settings end the run before any check (`reportInvalidSettings`). */
async function checkSettings({ setup }: CheckContext): Promise<CheckOutcome> {
  return ok(
    setup.isEmbedded
      ? 'OKTA_ISSUER is not set: using the embedded authorization server'
      : `OKTA_ISSUER=${setup.issuer}`,
  )
}

type PortState = 'free' | 'used by this project' | 'taken' | 'forbidden'

async function checkPorts({ setup, probes }: CheckContext): Promise<CheckOutcome> {
  const ports: { readonly port: ListenPort; readonly state: PortState }[] = []
  // Port 0 lets the operating system choose.
  for (const port of setup.ports.filter(({ port }) => port !== 0))
    ports.push({ port, state: await inspectPort(port, probes) })
  const inState = (state: PortState) => ports.filter((one) => one.state === state).map(({ port }) => port)
  const list = (some: readonly ListenPort[], separator: string) =>
    some.map(({ port, settingName }) => `${port} (${settingName})`).join(separator)

  const taken = inState('taken')
  if (taken[0])
    return problem('D19a', {
      ports: list(taken, ' and '),
      example: `${taken[0].settingName}=${taken[0].port + 1}`,
    })
  const forbidden = inState('forbidden')
  if (forbidden[0])
    return problem('D19b', {
      ports: list(forbidden, ' and '),
      example: `${forbidden[0].settingName}=${forbidden[0].port + 8000}`,
    })
  const states = (['free', 'used by this project'] as const).filter((state) => inState(state).length > 0)
  return ok(states.map((state) => `${list(inState(state), ', ')} ${state}`).join('; ') || 'any free port')
}

/** Addresses at which a listener is reached as localhost. */
const LOCAL_HOSTS = new Set(['127.0.0.1', '0.0.0.0', '::', '::1'])

async function inspectPort(
  { port, host, fingerprint }: ListenPort,
  { request }: CheckContext['probes'],
): Promise<PortState> {
  const errorCode = await tryListen(port, host)
  if (errorCode === undefined) return 'free'
  if (errorCode !== 'EADDRINUSE') return 'forbidden'
  const hostname = LOCAL_HOSTS.has(host) ? 'localhost' : host
  const url = `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}${fingerprint.path}`
  // In production the web app serves only requests that reached its proxy over https.
  const response = await request(url, { headers: { 'x-forwarded-proto': 'https' } })
  return !isProbeFailure(response) && response.text.includes(fingerprint.text)
    ? 'used by this project'
    : 'taken'
}

/** Listens on a port and closes it again. Returns the error's code, or undefined on success. */
const tryListen = (port: number, host: string) =>
  new Promise<string | undefined>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

async function checkDatabase({ setup, serverChecks }: CheckContext): Promise<CheckOutcome> {
  const database = await serverChecks.inspectDatabase(setup.databaseUrl)
  switch (database.state) {
    case 'memory':
      return ok('in memory: data is lost when the server stops')
    case 'absent':
      return ok(`${database.location} does not exist yet: the first start creates it`)
    case 'older':
      return ok(`${database.location} opens; the next start migrates its schema`)
    case 'current':
      return ok(`${database.location} opens, and its schema is up to date`)
    case 'newer':
      return problem('D20b', { names: database.names.join(', ') })
    case 'unopened':
      return problem('D20a', { detail: database.description })
    case 'read-only':
      return problem('D20c', { detail: database.description })
    case 'away':
      return problem('D20d', { detail: database.description })
    case 'standby':
      return problem('D20e', { detail: database.description })
    case 'forbidden':
      return problem('D20f', { detail: database.description })
  }
}

async function checkRedis({ setup: { redisUrl }, serverChecks }: CheckContext): Promise<CheckOutcome> {
  if (redisUrl === undefined) return ok('REDIS_URL is not set: a single instance of the API needs no Redis')
  try {
    const { version, policy } = await serverChecks.inspectRedis(redisUrl)
    if (Number.parseInt(version, 10) < MIN_REDIS_VERSION) return problem('D21b', { version })
    if (policy !== undefined && policy !== 'noeviction') return problem('D21c', { policy })
    return ok(`Redis ${version}`)
  } catch (error) {
    return problem('D21a', { detail: (error as Error).message })
  }
}

export const PREREQUISITE_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D01', name: 'node', needs: [], run: checkNode },
  { id: 'D02', name: 'settings', needs: [], run: checkSettings },
]

export const LOCAL_RESOURCE_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D19', name: 'ports', needs: ['settings'], run: checkPorts },
  { id: 'D20', name: 'database', needs: ['settings'], run: checkDatabase },
  { id: 'D21', name: 'redis', needs: ['settings'], run: checkRedis },
]
