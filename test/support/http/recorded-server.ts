import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { parseConfig } from '../../../src/config/config.ts'
import { createHttpServer } from '../../../src/http/server.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import type { RequestEvent, Route } from '../../../src/lib/http-messages.ts'
import type { ConsumeRateLimit } from '../../../src/lib/rate-limit.ts'
import type { EventLoop } from '../../../src/lib/request-queue.ts'
import type { Logger } from '../../../src/observability/logger.ts'

type Line = { readonly level: string; readonly line: unknown }
type Options = {
  readonly routes: readonly Route[]
  /** Served below `/files/`. */
  readonly folder?: string
  readonly settings?: Record<string, string>
  readonly eventLoop?: EventLoop
  readonly clock?: Clock
  readonly limitAddress?: ConsumeRateLimit
  readonly onRequest?: (event: RequestEvent) => void
}

/** Starts the HTTP server with a test's routes and collects its log lines and request events. */
export async function startRecordedServer({
  routes,
  folder,
  settings,
  eventLoop,
  clock,
  limitAddress,
  onRequest,
}: Options) {
  const logLines: Line[] = []
  const events: RequestEvent[] = []
  const server = createHttpServer({
    limits: parseConfig({ DRAIN_TIMEOUT: '200', LOOP_DELAY_LIMIT: '600000', ...settings }).http,
    log: createRecordingLog(logLines),
    checkReadiness: async () => ({ isReady: true, reasons: {}, dependencies: {} }),
    metrics: { contentType: 'text/plain', render: async () => '' },
    limitAddress,
    isHttps: true,
    recordRequest(event) {
      events.push(event)
      onRequest?.(event)
    },
    ...(eventLoop && { eventLoop }),
    ...(clock && { clock }),
  })
  server.addRoutes(routes)
  if (folder !== undefined) server.addStaticFiles('/files/', folder)
  const port = await server.listen(0, '127.0.0.1')
  logLines.length = 0
  const openConnection = () => connect(port, '127.0.0.1').on('error', () => undefined)
  return { server, port, open: openConnection, lines: logLines, events }
}

/** Returns a log that collects its lines; a child may have a level of its own. */
function createRecordingLog(lines: Line[], minLevel = 'info'): Logger {
  const levels = ['info', 'warn', 'error']
  const isLevelEnabled = (level: string) => levels.indexOf(level) >= levels.indexOf(minLevel)
  const at = (level: string) => (line: unknown) => {
    if (isLevelEnabled(level)) lines.push({ level, line })
  }
  const child = (_: unknown, options?: { level?: string }) =>
    createRecordingLog(lines, options?.level ?? minLevel)
  const log = { info: at('info'), warn: at('warn'), error: at('error'), isLevelEnabled, child }
  return log as unknown as Logger
}

/** Turns of the event loop after which the server, in the same process, has read what was sent. */
const TURNS = 5

/** Sends each part as a packet of its own. @returns everything that the server sends until it closes the connection */
export async function exchangeBytes(socket: Socket, parts: readonly (string | Buffer)[]): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  for (const [i, part] of parts.entries()) {
    if (i > 0) for (let turns = 0; turns < TURNS; turns++) await turn()
    socket.write(part)
  }
  await closed
  return Buffer.concat(chunks).toString()
}
