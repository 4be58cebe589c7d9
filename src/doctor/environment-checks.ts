import { createServer } from 'node:net'
import type { HttpProbe } from './http-probe.ts'
import type { CheckContext } from './probes.ts'
import { type CheckOutcome, ok, problem } from './run-checks.ts'
import type { ListenPort } from './setup.ts'

const MIN_NODE_VERSION = 24
const MIN_REDIS_VERSION = 7
const MAX_PORT = 65_535

export const checkNode = ({ nodeVersion }: CheckContext): CheckOutcome =>
  Number.parseInt(nodeVersion, 10) >= MIN_NODE_VERSION
    ? ok(nodeVersion)
    : problem('D01a', { version: nodeVersion, required: MIN_NODE_VERSION })

/** Always passes: invalid settings end the run before any check (`reportInvalidSettings`). */
export const checkSettings = ({ isEmbedded, issuer }: CheckContext): CheckOutcome =>
  ok(isEmbedded ? 'OKTA_ISSUER is not set: using the embedded authorization server' : `OKTA_ISSUER=${issuer}`)

export async function checkPorts({ ports, request }: CheckContext): Promise<CheckOutcome> {
  const inspected: Awaited<ReturnType<typeof inspectPort>>[] = []
  // Port 0 lets the operating system choose.
  for (const port of ports.filter(({ port }) => port !== 0)) inspected.push(await inspectPort(port, request))
  const list = (state: string) =>
    inspected
      .filter((port) => port.state === state)
      .map(({ port, settingName }) => `${port} (${settingName})`)
      .join(', ')

  const taken = inspected.find(({ state }) => state === 'taken')
  if (taken) {
    const port = taken.port < MAX_PORT ? taken.port + 1 : taken.port - 1
    return problem('D19a', { ports: list('taken'), example: `${taken.settingName}=${port}` })
  }
  const forbidden = inspected.find(({ state }) => state === 'forbidden')
  if (forbidden)
    return problem('D19b', { ports: list('forbidden'), example: `${forbidden.settingName}=8080` })
  const unavailable = inspected.find(({ state }) => state === 'unavailable')
  if (unavailable) return problem('D19c', { host: unavailable.host, detail: unavailable.errorCode })
  const states = ['free', 'used by this project'].filter((state) => list(state))
  return ok(states.map((state) => `${list(state)} ${state}`).join('; ') || 'any free port')
}

/** Addresses at which a listener is reached as localhost. */
const LOCAL_HOSTS = ['127.0.0.1', '0.0.0.0', '::', '::1']

async function inspectPort(listenPort: ListenPort, request: HttpProbe) {
  const errorCode = await tryListen(listenPort)
  return { ...listenPort, errorCode, state: await readPortState(listenPort, errorCode, request) }
}

async function readPortState(listenPort: ListenPort, errorCode: string | undefined, request: HttpProbe) {
  if (errorCode === undefined) return 'free'
  if (errorCode === 'EACCES' || errorCode === 'EPERM') return 'forbidden'
  if (errorCode !== 'EADDRINUSE') return 'unavailable'
  const { port, host, path, content } = listenPort
  const hostname = LOCAL_HOSTS.includes(host) ? 'localhost' : host
  const url = `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}${path}`
  // In production the web app serves only requests that reached its proxy over https.
  const { text } = await request(url, { headers: { 'x-forwarded-proto': 'https' } })
  return text.includes(content) ? 'used by this project' : 'taken'
}

/** Listens on a port and closes it again. Returns the error's code, or undefined on success. */
const tryListen = ({ port, host }: ListenPort) =>
  new Promise<string | undefined>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

const DATABASE_FINDINGS = {
  'cannot open': 'D20a',
  'read-only': 'D20c',
  unavailable: 'D20d',
  standby: 'D20e',
  forbidden: 'D20f',
  damaged: 'D20g',
} as const

export async function checkDatabase({ databaseUrl, inspectDatabase }: CheckContext): Promise<CheckOutcome> {
  const database = await inspectDatabase(databaseUrl)
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
    default:
      return problem(DATABASE_FINDINGS[database.state], { detail: database.description })
  }
}

export async function checkRedis({ redisUrl, inspectRedis }: CheckContext): Promise<CheckOutcome> {
  if (redisUrl === undefined) return ok('REDIS_URL is not set: a single instance of the API needs no Redis')
  try {
    const { version, policy } = await inspectRedis(redisUrl)
    if (version !== undefined && Number.parseInt(version, 10) < MIN_REDIS_VERSION)
      return problem('D21b', { version })
    if (policy !== undefined && policy !== 'noeviction') return problem('D21c', { policy })
    return ok(`Redis ${version ?? 'of an unknown version'}`)
  } catch (error) {
    return problem('D21a', { detail: (error as Error).message })
  }
}
