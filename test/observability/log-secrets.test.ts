import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startProgram } from '../support/cli-process.ts'
import { prover } from '../support/dpop-client.ts'
import { post, send } from '../support/service.ts'
import { type ScriptedIssuer, scriptedIssuer } from '../support/stub-issuer.ts'

let issuer: ScriptedIssuer
beforeAll(async () => {
  issuer = await scriptedIssuer()
})
afterAll(() => issuer.close())

test('the most talkative log holds no token, no query string, no body and no secret', async () => {
  // It knows the password to be wrong: ioredis hangs the command that has it on the error.
  const redis = createServer((socket) => {
    socket.on('data', () => socket.write('-WRONGPASS invalid username-password pair\r\n'))
  }).listen(0, '127.0.0.1')
  await once(redis, 'listening')
  const { port } = redis.address() as AddressInfo
  const api = await startProgram({
    DATABASE_URL: 'file::memory:',
    OKTA_ISSUER: issuer.url,
    LOG_LEVEL: 'trace',
    REDIS_URL: `redis://user:hunter2@127.0.0.1:${port}`,
  })
  await api.printed(/WRONGPASS/)
  const token = await issuer.sign()
  const body = JSON.stringify({ query: '{ book(id: 1) { title } }' })
  const refused = `${token.slice(0, -4)}AAAA`
  expect((await post(api.url, body, token)).status).toBe(200)
  expect((await post(api.url, body, refused)).status).toBe(401)
  expect((await post(`${api.url}?access_token=${token}`, body)).status).toBe(400)
  expect((await send(`${api.url}/${token}`)).status).toBe(404)
  const client = await prover()
  const bound = await issuer.sign({ cnf: { jkt: client.jkt } })
  const dpop = await client.prove({ url: `${new URL(api.url).origin}/books/1`, method: 'GET', token: bound })
  const proved = await send(api.url.replace('graphql', 'books/1'), {
    headers: { authorization: `DPoP ${bound}`, dpop },
  })
  expect(proved.status).toBe(503)
  issuer.state.up = false
  const away = await startProgram({
    DATABASE_URL: 'file::memory:',
    OKTA_ISSUER: issuer.url,
    LOG_LEVEL: 'trace',
  })
  expect((await post(away.url, body, token)).status).toBe(503)
  issuer.state.up = true
  for (const { child, exited, text } of [api, away]) {
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(text.out).toMatch(/"level":30/)
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
      expect(text.out + text.err).not.toContain(secret)
  }
  redis.close()
})
