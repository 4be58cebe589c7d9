// Starts the API and `npm start` with the most verbose log, sends fifty kinds of secrets, and searches everything written.

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CREDENTIAL_SECRETS } from '../cases/secrets/credentials.ts'
import { GRAPHQL_SECRETS } from '../cases/secrets/graphql.ts'
import { HTTP_SECRETS } from '../cases/secrets/http.ts'
import {
  deriveSecret,
  findSecrets,
  type IssuedSecrets,
  type SecretCase,
} from '../cases/secrets/secret-case.ts'
import { spawnCli, startApiProcess } from '../support/cli-process.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

type Reply = { readonly status: number; readonly requestId: string | undefined; readonly text: string }

const CASES = [...CREDENTIAL_SECRETS, ...GRAPHQL_SECRETS, ...HTTP_SECRETS]
const SETTINGS = { LOG_LEVEL: 'trace', LOG_FORMAT: 'json', DATABASE_URL: 'file::memory:' }
const auditFiles = {
  api: join(createTemporaryFolder(), 'audit.log'),
  all: join(createTemporaryFolder(), 'audit.log'),
}

let issuer: StubIssuer
let issued: IssuedSecrets
const replies = new Map<string, Reply>()
/** Everything that the processes have written by their end. */
const written = { log: '', audit: '', metrics: '' }

beforeAll(async () => {
  issuer = await startStubIssuer()
  const [api, all] = await Promise.all([
    startApiProcess({ ...SETTINGS, OKTA_ISSUER: issuer.url, AUDIT_LOG: auditFiles.api }),
    startAll(),
  ])
  const portOf = (url: string) => Number(new URL(url).port)
  const ports = {
    api: portOf(api.url),
    'authorization-server': portOf(all.issuerUrl),
    webapp: portOf(all.webappUrl),
  }
  issued = await issueSecrets(`http://localhost:${ports.api}/books/1`)
  for (const { id, server, createRequest } of CASES)
    replies.set(id, await exchange(ports[server], createRequest(deriveSecret(id), issued).bytes))
  written.metrics = (await sendRequest(new URL('/metrics', api.url).href)).text
  for (const { child, exited } of [api, all]) {
    child.kill('SIGINT')
    expect(await exited).toBe(0)
  }
  written.log = [api, all].map(({ text }) => text.stdout + text.stderr).join('')
  written.audit = readFileSync(auditFiles.api, 'utf8') + readFileSync(auditFiles.all, 'utf8')
})
afterAll(() => issuer.close())

async function startAll() {
  const all = spawnCli(['start'], {
    ...SETTINGS,
    PORT: '0',
    ISSUER_PORT: '0',
    WEBAPP_PORT: '0',
    AUDIT_LOG: auditFiles.all,
  })
  const issuerUrl = await all.waitForAddress('authorizationServer')
  return { ...all, issuerUrl, webappUrl: await all.waitForAddress('webapp') }
}

async function issueSecrets(url: string): Promise<IssuedSecrets> {
  const token = await issuer.signToken()
  const client = await createDpopClient()
  const boundToken = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    token,
    invalidToken: `${token.slice(0, -4)}AAAA`,
    boundToken,
    proof: await client.createProof({ url, method: 'GET', token: boundToken }),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

async function exchange(port: number, bytes: string): Promise<Reply> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes.replace(/^host: localhost$/m, `host: localhost:${port}`))
  const text = await readText(socket)
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]),
    requestId: /^x-request-id: (\S+)/im.exec(text)?.[1],
    text,
  }
}

test.each(CASES)('$id keeps $title out of logs, metrics and errors', (row) => {
  const { bytes, secrets } = row.createRequest(deriveSecret(row.id), issued)
  const reply = replies.get(row.id)
  // The check can fail: the secret was sent, the request was answered and logged.
  expect(findSecrets(bytes, secrets)).not.toEqual([])
  expect(reply?.status).toBe(row.status)
  const logLine = logLineOf(row, bytes, reply?.requestId)
  if (logLine) expect(written.log).toMatch(logLine)
  for (const text of Object.values(written)) expect(findSecrets(text, secrets)).toEqual([])
  // A successful response contains the alias or the book that was requested; an error repeats nothing.
  if (reply && reply.status >= 400) expect(findSecrets(reply.text, secrets)).toEqual([])
})

/** Returns a pattern of the request's log line. Health paths and the authorization server log none. */
function logLineOf({ server, status }: SecretCase, bytes: string, requestId: string | undefined) {
  const isMalformed = /^\S{30,} |x-secret/.test(bytes)
  if (isMalformed) return new RegExp(`"status":${status},.*invalid request`)
  const isQuiet = server === 'authorization-server' || /^GET \/(?:readyz|metrics)/.test(bytes)
  return isQuiet ? undefined : new RegExp(`"requestId":"${requestId}"`)
}

test('the table has the ids S01 to S49, and S51: S50 is in the slow tests', () => {
  const ids = Array.from({ length: 49 }, (_, index) => `secrets/S${String(index + 1).padStart(2, '0')}`)
  expect(CASES.map(({ id }) => id)).toEqual([...ids, 'secrets/S51'])
})
