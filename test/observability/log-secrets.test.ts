import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiProcess } from '../support/cli-process.ts'
import { createDpopClient } from '../support/dpop-client.ts'
import { postBody, sendRequest } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

let issuer: StubIssuer
beforeAll(async () => {
  issuer = await startStubIssuer()
})
afterAll(() => issuer.close())

test('the most talkative log holds no token, no query string, no body and no secret', async () => {
  // It knows the password to be wrong: ioredis hangs the command that has it on the error.
  const redis = createServer((socket) => {
    socket.on('data', () => socket.write('-WRONGPASS invalid username-password pair\r\n'))
  }).listen(0, '127.0.0.1')
  await once(redis, 'listening')
  const { port } = redis.address() as AddressInfo
  const api = await startApiProcess({
    DATABASE_URL: 'file::memory:',
    OKTA_ISSUER: issuer.url,
    LOG_LEVEL: 'trace',
    REDIS_URL: `redis://user:hunter2@127.0.0.1:${port}`,
  })
  await api.waitForOutput(/WRONGPASS/)
  const token = await issuer.signToken()
  const body = JSON.stringify({ query: '{ book(id: 1) { title } }' })
  const refused = `${token.slice(0, -4)}AAAA`
  expect((await postBody(api.url, body, token)).status).toBe(200)
  expect((await postBody(api.url, body, refused)).status).toBe(401)
  expect((await postBody(`${api.url}?access_token=${token}`, body)).status).toBe(400)
  expect((await sendRequest(`${api.url}/${token}`)).status).toBe(404)
  const client = await createDpopClient()
  const bound = await issuer.signToken({ cnf: { jkt: client.jkt } })
  const dpop = await client.createProof({
    url: `${new URL(api.url).origin}/books/1`,
    method: 'GET',
    token: bound,
  })
  const proved = await sendRequest(api.url.replace('graphql', 'books/1'), {
    headers: { authorization: `DPoP ${bound}`, dpop },
  })
  expect(proved.status).toBe(503)
  issuer.state.isUp = false
  const away = await startApiProcess({
    DATABASE_URL: 'file::memory:',
    OKTA_ISSUER: issuer.url,
    LOG_LEVEL: 'trace',
  })
  expect((await postBody(away.url, body, token)).status).toBe(503)
  issuer.state.isUp = true
  for (const { child, exited, text } of [api, away]) {
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(text.stdout).toMatch(/"level":30/)
    for (const secret of [
      token,
      refused,
      bound,
      dpop,
      'hunter2',
      token.slice(-40),
      'book(id: 1)',
      'access_token',
    ])
      expect(text.stdout + text.stderr).not.toContain(secret)
  }
  redis.close()
})
