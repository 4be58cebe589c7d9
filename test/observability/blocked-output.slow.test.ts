// The API while the reader of its standard output does not read, or is gone.

import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { spawnCli } from '../support/cli-process.ts'
import { findFreePort } from '../support/free-port.ts'
import { readMetric, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { waitUntil } from '../support/wait-until.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

/** The lines of these requests fill a pipe, which holds 64 KiB, several times. */
const REQUESTS = 600

type OutputCase = {
  readonly id: string
  readonly title: string
  readonly settings: Record<string, string>
  /** The descriptor that is the pipe; standard output if absent. */
  readonly fd?: 2
  readonly isClosed?: boolean
}

const OUTPUT_CASES: readonly OutputCase[] = [
  {
    id: 'blocked-output/O01',
    title: 'a pipe that is not read',
    settings: { LOG_FORMAT: 'json', AUDIT_LOG: 'stdout' },
  },
  {
    id: 'blocked-output/O02',
    title: 'a pipe that is not read, with lines for people',
    settings: { LOG_FORMAT: 'pretty', AUDIT_LOG: 'stdout' },
  },
  {
    id: 'blocked-output/O03',
    title: 'a pipe that is not read, as the audit log on standard error',
    settings: { LOG_FORMAT: 'json', LOG_LEVEL: 'silent', AUDIT_LOG: 'stderr' },
    fd: 2,
  },
  {
    id: 'blocked-output/O04',
    title: 'a pipe that is not read, as the audit log by its path',
    settings: { LOG_FORMAT: 'json', LOG_LEVEL: 'silent', AUDIT_LOG: '/dev/stdout' },
  },
  {
    id: 'blocked-output/O05',
    title: 'a pipe that is closed',
    settings: { LOG_FORMAT: 'json', AUDIT_LOG: 'stdout' },
    isClosed: true,
  },
  {
    id: 'blocked-output/O06',
    title: 'a pipe that two workers share and that is not read',
    settings: { LOG_FORMAT: 'json', AUDIT_LOG: 'stdout', WORKERS: '2', DATABASE_URL: 'file:books.db' },
  },
]

test.each(OUTPUT_CASES)(
  '$id answers and stops with $title',
  async ({ settings, fd = 1, isClosed = false }) => {
    const pipe = join(createTemporaryFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const port = await findFreePort()
    const { child, exited } = spawnCli(
      ['api'],
      {
        ...{ PORT: String(port), DATABASE_URL: 'file::memory:', OKTA_ISSUER: issuer.url, LOG_LEVEL: 'info' },
        ...settings,
      },
      undefined,
      ['sh', '-c', `exec "$@" ${fd}> "$0"`, pipe],
    )
    const origin = `http://127.0.0.1:${port}`
    await waitUntil(() =>
      sendRequest(`${origin}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
    if (isClosed) closeSync(reader)
    for (let i = 0; i < REQUESTS; i++) expect((await sendRequest(`${origin}/books/1`)).status).toBe(401)
    const readDropped = () => readMetric(origin, 'fakebook_log_lines_dropped_total{log="audit"}')
    // The lines of refused requests are written in a turn of the event loop after the response.
    if (isClosed) await waitUntil(async () => (await readDropped()) === REQUESTS)
    else expect(await readDropped()).toBe(0)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    if (isClosed) return
    // The pipe holds whole lines.
    const bytes = Buffer.alloc(1_000_000)
    const text = bytes.toString('utf8', 0, readSync(reader, bytes))
    closeSync(reader)
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
    expect(lines.length).toBeGreaterThan(100)
    if (settings.LOG_FORMAT === 'json') for (const line of lines) expect(() => JSON.parse(line)).not.toThrow()
  },
)
