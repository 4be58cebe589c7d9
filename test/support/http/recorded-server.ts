import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { readConfig } from '../../../src/config/config.ts'
import type { Loop } from '../../../src/http/request-queue.ts'
import { createServer } from '../../../src/http/server.ts'
import type { Observed, Route } from '../../../src/lib/http-messages.ts'
import type { RateLimit } from '../../../src/lib/rate-limit.ts'
import type { Log } from '../../../src/observability/logger.ts'

type Line = { readonly level: string; readonly line: unknown }
type Options = {
  readonly routes: readonly Route[]
  /** Served below `/files/`. */
  readonly folder?: string
  readonly settings?: Record<string, string>
  readonly loop?: Loop
  readonly limitAddress?: RateLimit
  readonly observe?: (exchange: Observed) => void
}

/** The real server with routes of a test's own; what it logs and tells is kept. */
export async function scriptedServer({ routes, folder, settings, loop, limitAddress, observe }: Options) {
  const lines: Line[] = []
  const observed: Observed[] = []
  const server = createServer({
    limits: readConfig({ DRAIN_TIMEOUT: '200', LOOP_DELAY_LIMIT: '600000', ...settings }).http,
    log: recording(lines),
    checks: [],
    metrics: { contentType: 'text/plain', text: async () => '' },
    limitAddress,
    observe(exchange) {
      observed.push(exchange)
      observe?.(exchange)
    },
    ...(loop && { loop }),
  })
  server.add(routes)
  if (folder !== undefined) server.addFiles('/files/', folder)
  const port = await server.listen(0, '127.0.0.1')
  lines.length = 0
  const open = () => connect(port, '127.0.0.1').on('error', () => undefined)
  return { server, port, open, lines, observed }
}

/** What a log is told, and at which level; a child with a level of its own keeps to that. */
function recording(lines: Line[], least = 'info'): Log {
  const levels = ['info', 'warn', 'error']
  const isLevelEnabled = (level: string) => levels.indexOf(level) >= levels.indexOf(least)
  const at = (level: string) => (line: unknown) => {
    if (isLevelEnabled(level)) lines.push({ level, line })
  }
  const child = (_: unknown, options?: { level?: string }) => recording(lines, options?.level ?? least)
  const log = { info: at('info'), warn: at('warn'), error: at('error'), isLevelEnabled, child }
  return log as unknown as Log
}

/** Turns of the loop, by which the server has read what was sent: it is in the same process. */
const TURNS = 5

/** Sends bytes, a part in a packet of its own. @returns all that is answered until the server closes */
export async function exchange(socket: Socket, parts: readonly (string | Buffer)[]): Promise<string> {
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
