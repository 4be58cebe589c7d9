import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deriveSecret, type IssuedSecrets } from '../cases/secrets/secret-case.ts'
import { SECRET_CASES } from '../cases/secrets/secret-cases.ts'
import { createTemporaryFolder, runCli, spawnCli, startApiProcess } from '../support/cli-process.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

type Answer = { readonly status: number; readonly requestId: string | undefined; readonly text: string }
type Face = (typeof SECRET_CASES)[number][2]

const TRACE = { LOG_LEVEL: 'trace', DATABASE_URL: 'file::memory:' }
const audits = {
  api: join(createTemporaryFolder(), 'audit.log'),
  all: join(createTemporaryFolder(), 'audit.log'),
}
const ports: Record<Face, number> = { api: 0, webapp: 0, issuer: 0 }

let issuer: StubIssuer
let real: IssuedSecrets
let api: Awaited<ReturnType<typeof startApiProcess>>
let all: ReturnType<typeof spawnCli>
const answers = new Map<string, Answer>()
/** Everything that was written by the end. */
const written = { log: '', audit: '', metrics: '' }

beforeAll(async () => {
  issuer = await startStubIssuer()
  api = await startApiProcess({ ...TRACE, OKTA_ISSUER: issuer.url, AUDIT_LOG: audits.api })
  all = spawnCli(['start'], {
    ...TRACE,
    PORT: '0',
    ISSUER_PORT: '0',
    WEBAPP_PORT: '0',
    AUDIT_LOG: audits.all,
  })
  const portOf = (url = '') => Number(new URL(url).port)
  const [, issuerUrl] = await all.waitForOutput(/^Authorization server\s+(\S+)$/m)
  const [, webapp] = await all.waitForOutput(/^Web app\s+(\S+)$/m)
  Object.assign(ports, { api: portOf(api.url), issuer: portOf(issuerUrl), webapp: portOf(webapp) })
  real = await realSecrets()
  for (const [id, , face, , bytes] of SECRET_CASES)
    answers.set(id, await exchange(ports[face], bytes(deriveSecret(id), real)[0]))
  written.metrics = (await sendRequest(new URL('/metrics', api.url).href)).text
  for (const { child, exited } of [api, all]) {
    child.kill('SIGINT')
    expect(await exited).toBe(0)
  }
  written.log = [api, all].map(({ text }) => text.stdout + text.stderr).join('')
  written.audit = readFileSync(audits.api, 'utf8') + readFileSync(audits.all, 'utf8')
})
afterAll(() => issuer.close())

async function realSecrets(): Promise<IssuedSecrets> {
  const token = await issuer.signToken()
  const client = await createDpopClient()
  const bound = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const url = `http://localhost:${ports.api}/books/1`
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    token,
    invalidToken: `${token.slice(0, -4)}AAAA`,
    boundToken: bound,
    proof: await client.createProof({ url, method: 'GET', token: bound }),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

async function exchange(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  const host = /^host: localhost$/m
  socket.write(bytes.replace(host, `host: localhost:${port}`))
  const text = await textOf(socket)
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]),
    requestId: /^x-request-id: (\S+)/im.exec(text)?.[1],
    text,
  }
}

/** Where one of them is: as it is, in base64, percent-encoded, or its beginning or its end alone. */
const found = (text: string, secrets: readonly string[]) =>
  secrets
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      btoa(secret),
      secret.slice(0, 24),
      secret.slice(-24),
    ])
    .filter((secret) => text.includes(secret))

test.each(SECRET_CASES)(
  '%s %s at %s: %i, and nothing that is written has it',
  (id, _, face, status, bytes) => {
    const [sent, ...secrets] = bytes(deriveSecret(id), real)
    // The row can fail: the secret went out, its request was answered and written down, and it would be found.
    expect(found(sent, secrets)).not.toEqual([])
    const answer = answers.get(id)
    expect(answer?.status).toBe(status)
    const quiet = /^GET \/(?:readyz|metrics)/.test(sent)
    // What was no request has no id.
    if (/^\S{30,} |x-secret/.test(sent))
      expect(written.log).toMatch(new RegExp(`"status":${status},.*no request`))
    else if (face !== 'issuer' && !quiet) expect(written.log).toContain(`"requestId":"${answer?.requestId}"`)
    // An alias is in its answer, and so is what was asked for; an error repeats nothing.
    const told = answer && answer.status >= 400 ? answer.text : ''
    for (const text of [...Object.values(written), told]) expect(found(text, secrets)).toEqual([])
  },
)

test('S50 passwords and keys in settings, right or wrong', async () => {
  const secret = deriveSecret('S50')
  const redis = createServer((socket) => {
    socket.on('data', () => socket.write('-WRONGPASS invalid username-password pair\r\n'))
  }).listen(0, '127.0.0.1')
  await once(redis, 'listening')
  const { port } = redis.address() as AddressInfo
  const settings = { OKTA_ISSUER: issuer.url, LOG_LEVEL: 'trace' }
  const started = await startApiProcess({
    ...settings,
    DATABASE_URL: 'file::memory:',
    REDIS_URL: `redis://user:${secret}@127.0.0.1:${port}`,
    OKTA_CLIENT_ID: 'job',
    OKTA_CLIENT_SECRET: secret,
    SESSION_SECRET: secret,
  })
  await started.waitForOutput(/WRONGPASS/)
  started.child.kill('SIGINT')
  expect(await started.exited).toBe(0)
  redis.close()
  const away = await runCli(['api'], { ...settings, DATABASE_URL: `postgres://u:${secret}@127.0.0.1:1/b` })
  const wrong = await runCli(['api'], {
    ...settings,
    DATABASE_URL: `mysql://u:${secret}@h/b`,
    REDIS_URL: secret,
  })
  const alone = await runCli(['webapp'], { ...settings, WEBAPP_CLIENT_SECRET: secret })
  expect([away.status, wrong.status, alone.status]).toEqual([1, 2, 2])
  for (const { stdout, stderr } of [started.text, away, wrong, alone]) {
    expect(stdout + stderr).not.toBe('')
    expect(found(stdout + stderr, [secret])).toEqual([])
  }
})

test('the numbers of the rows are S01 to S50, each once', () => {
  const ids = Array.from({ length: 49 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`)
  expect(SECRET_CASES.map(([id]) => id)).toEqual(ids)
})
