import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { parseConfig } from '../../../src/config/config.ts'
import type { EventLoop } from '../../../src/http/request-queue.ts'
import { createHttpServer } from '../../../src/http/server.ts'
import type { RequestEvent, Route } from '../../../src/lib/http-messages.ts'
import type { ConsumeRateLimit } from '../../../src/lib/rate-limit.ts'
import type { Logger } from '../../../src/observability/logger.ts'

type Line = { readonly level: string; readonly line: unknown }
type Options = {
  readonly routes: readonly Route[]
  /** Served below `/files/`. */
  readonly folder?: string
  readonly settings?: Record<string, string>
  readonly eventLoop?: EventLoop
  readonly limitAddress?: ConsumeRateLimit
  readonly onRequest?: (event: RequestEvent) => void
}

/** The real server with routes of a test's own; what it logs and tells is kept. */
export async function startRecordedServer({
  routes,
  folder,
  settings,
  eventLoop,
  limitAddress,
  onRequest,
}: Options) {
  const logLines: Line[] = []
  const events: RequestEvent[] = []
  const server = createHttpServer({
    limits: parseConfig({ DRAIN_TIMEOUT: '200', LOOP_DELAY_LIMIT: '600000', ...settings }).http,
    log: recording(logLines),
    checks: [],
    metrics: { contentType: 'text/plain', render: async () => '' },
    limitAddress,
    recordRequest(event) {
      events.push(event)
      onRequest?.(event)
    },
    ...(eventLoop && { eventLoop }),
  })
  server.addRoutes(routes)
  if (folder !== undefined) server.addStaticFiles('/files/', folder)
  const port = await server.listen(0, '127.0.0.1')
  logLines.length = 0
  const openConnection = () => connect(port, '127.0.0.1').on('error', () => undefined)
  return { server, port, open: openConnection, lines: logLines, events }
}

/** What a log is told, and at which level; a child with a level of its own keeps to that. */
function recording(lines: Line[], least = 'info'): Logger {
  const levels = ['info', 'warn', 'error']
  const isLevelEnabled = (level: string) => levels.indexOf(level) >= levels.indexOf(least)
  const at = (level: string) => (line: unknown) => {
    if (isLevelEnabled(level)) lines.push({ level, line })
  }
  const child = (_: unknown, options?: { level?: string }) => recording(lines, options?.level ?? least)
  const log = { info: at('info'), warn: at('warn'), error: at('error'), isLevelEnabled, child }
  return log as unknown as Logger
}

/** Turns of the loop, by which the server has read what was sent: it is in the same process. */
const TURNS = 5

/** Sends bytes, a part in a packet of its own. @returns all that is answered until the server closes */
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
