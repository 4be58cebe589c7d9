import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deriveSecret, findSecrets } from '../cases/secrets/secret-case.ts'
import { runCli, startApiProcess } from '../support/cli-process.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

const SETTINGS = { LOG_LEVEL: 'trace', LOG_FORMAT: 'json', DATABASE_URL: 'file::memory:' }

let issuer: StubIssuer
let redisPort: number
/** Rejects every password. ioredis attaches the AUTH command, which contains the password, to the error. */
const redis = createServer((socket) => {
  socket.on('data', (data) => {
    // Each command starts with the number of its words; a chunk can have several.
    const commands = data.toString().match(/^\*\d/gm) ?? []
    socket.write('-WRONGPASS invalid username-password pair\r\n'.repeat(commands.length))
  })
})
beforeAll(async () => {
  issuer = await startStubIssuer()
  await once(redis.listen(0, '127.0.0.1'), 'listening')
  redisPort = (redis.address() as AddressInfo).port
})
afterAll(async () => {
  redis.close()
  await issuer.close()
})

test('logs no token, query string, body or secret at level trace, even when dependencies are down', async () => {
  const api = await startApiProcess({
    ...SETTINGS,
    OKTA_ISSUER: issuer.url,
    REDIS_URL: `redis://user:hunter2@127.0.0.1:${redisPort}`,
  })
  await api.waitForOutput(/WRONGPASS/)
  const token = await issuer.signToken()
  const body = JSON.stringify({ query: '{ book(id: 1) { title } }' })
  const invalidToken = `${token.slice(0, -4)}AAAA`
  expect((await postBody(api.url, body, token)).status).toBe(200)
  expect((await postBody(api.url, body, invalidToken)).status).toBe(401)
  expect((await postBody(`${api.url}?access_token=${token}`, body)).status).toBe(400)
  expect((await sendRequest(`${api.url}/${token}`)).status).toBe(404)
  const client = await createDpopClient()
  const boundToken = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const dpop = await client.createProof({
    url: `${new URL(api.url).origin}/books/1`,
    method: 'GET',
    token: boundToken,
  })
  const withProof = await sendRequest(api.url.replace('graphql', 'books/1'), {
    headers: { authorization: `DPoP ${boundToken}`, dpop },
  })
  expect(withProof.status).toBe(503)
  issuer.state.isUp = false
  const withoutKeys = await startApiProcess({ ...SETTINGS, OKTA_ISSUER: issuer.url })
  expect((await postBody(withoutKeys.url, body, token)).status).toBe(503)
  issuer.state.isUp = true
  for (const { child, exited, text } of [api, withoutKeys]) {
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(text.stdout).toMatch(/"level":30/)
    for (const secret of [
      token,
      invalidToken,
      boundToken,
      dpop,
      'hunter2',
      token.slice(-40),
      'book(id: 1)',
      'access_token',
    ])
      expect(text.stdout + text.stderr).not.toContain(secret)
  }
})

test('secrets/S50 prints no password or key of the settings, valid or not', async () => {
  const secret = deriveSecret('secrets/S50')
  const settings = { OKTA_ISSUER: issuer.url, LOG_LEVEL: 'trace' }
  const started = await startApiProcess({
    ...settings,
    DATABASE_URL: 'file::memory:',
    REDIS_URL: `redis://user:${secret}@127.0.0.1:${redisPort}`,
    OKTA_CLIENT_ID: 'job',
    OKTA_CLIENT_SECRET: secret,
    SESSION_SECRET: secret,
  })
  await started.waitForOutput(/WRONGPASS/)
  started.child.kill('SIGINT')
  expect(await started.exited).toBe(0)
  const unreachable = await runCli(['api'], {
    ...settings,
    DATABASE_URL: `postgres://u:${secret}@127.0.0.1:1/b`,
  })
  const invalid = await runCli(['api'], {
    ...settings,
    DATABASE_URL: `mysql://u:${secret}@h/b`,
    REDIS_URL: secret,
  })
  const incomplete = await runCli(['webapp'], { ...settings, WEBAPP_CLIENT_SECRET: secret })
  expect([unreachable.status, invalid.status, incomplete.status]).toEqual([1, 2, 2])
  for (const { stdout, stderr } of [started.text, unreachable, invalid, incomplete]) {
    expect(stdout + stderr).not.toBe('')
    expect(findSecrets(stdout + stderr, [secret])).toEqual([])
  }
})
