// Produces every finding about Okta with a stub that sends the statuses and texts that Okta documents.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createDoctorSetup } from '../../src/app/doctor-setup.ts'
import { parseConfig } from '../../src/config/config.ts'
import { createProbes } from '../../src/doctor/probes.ts'
import { SETUP_CHECKS } from '../../src/doctor/setup-checks.ts'
import { JOB_CASES } from '../cases/doctor/job.ts'
import { SERVER_CASES } from '../cases/doctor/server.ts'
import { USER_CLIENT_CASES } from '../cases/doctor/user-clients.ts'
import { CLIENT_SECRETS, checkOktaSetup, problemIds } from '../support/doctor/check-okta-setup.ts'
import { onScope } from '../support/doctor/okta-replies.ts'
import { type StubOkta, startStubOkta } from '../support/doctor/stub-okta.ts'

const OKTA_CASES = [...SERVER_CASES, ...JOB_CASES, ...USER_CLIENT_CASES]

let okta: StubOkta
beforeAll(async () => {
  okta = await startStubOkta()
})
beforeEach(() => {
  okta.state.overrides = {}
})
afterAll(() => okta.close())

test('passes every check of a correct set-up', async () => {
  const lines = await checkOktaSetup(okta)
  expect(lines.map(({ check, status }) => [check, status])).toEqual(lines.map(({ check }) => [check, 'ok']))
})

test.each(OKTA_CASES)('$id $title', async ({ overrides, settings, expectedFindings }) => {
  okta.state.overrides = typeof overrides === 'function' ? await overrides(okta) : overrides
  const lines = await checkOktaSetup(okta, settings)
  expect(problemIds(lines)).toEqual(expectedFindings)
  expect(lines.map(({ id, check }) => [id.slice(0, 3), check])).toEqual(
    SETUP_CHECKS.map(({ id, name }) => [id, name]),
  )
  const printed = JSON.stringify(lines)
  for (const secret of CLIENT_SECRETS) expect(printed).not.toContain(secret)
  // Every placeholder is filled in, and no token is printed.
  expect(printed).not.toMatch(/\{\w+\}|undefined|eyJ[\w-]|opaque-token/)
  // A value that ends in a full stop is not followed by another one.
  expect(printed).not.toContain('..')
})

test('checks keys but no clients of an issuer other than Okta', async () => {
  const lines = await checkOktaSetup(okta, { JWKS_URL: `${okta.url}/v1/keys` })
  const skipped = lines.filter(({ status }) => status === 'skipped').map(({ check }) => check)
  const clients = [
    'client',
    'dpop',
    'scopes',
    'policy',
    'token',
    'openid',
    'webapp',
    'redirect',
    'ide',
    'cors',
  ]
  expect([problemIds(lines), skipped]).toEqual([[], ['metadata', ...clients]])
})

test('does not follow redirects, so that secrets are sent nowhere else', async () => {
  okta.state.requestedPaths.length = 0
  okta.state.overrides = { keys: { status: 302, headers: { location: `${okta.origin}/elsewhere` } } }
  expect(problemIds(await checkOktaSetup(okta))).toEqual(['D08a'])
  expect(okta.state.requestedPaths).not.toContain('/elsewhere')
})

test('prints neither secrets nor control characters from a response', async () => {
  const text = `${CLIENT_SECRETS.join(' ')} ${Buffer.from(CLIENT_SECRETS[0] ?? '').toString('base64')} eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln \u001b[2J\u202e\r\n${'x'.repeat(5_000)}`
  okta.state.overrides = {
    token: () => ({ status: 400, json: { error: 'server_error', error_description: text } }),
  }
  const lines = await checkOktaSetup(okta)
  const found = lines.find(({ id }) => id === 'D09e')?.found ?? ''
  expect(found.length).toBeLessThan(1_200)
  expect(found).not.toContain('eyJzdWIi')
  expect(found).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
  for (const secret of CLIENT_SECRETS) {
    expect(found).not.toContain(secret)
    expect(found).not.toContain(Buffer.from(secret).toString('base64'))
  }
})

test('does not take an outage for a rejection of openid (D14)', async () => {
  okta.state.overrides = onScope('openid', { status: 503 })
  expect((await checkOktaSetup(okta)).find(({ check }) => check === 'openid')).toMatchObject({
    status: 'skipped',
    found: 'unexpected response: HTTP 503',
  })
})

test('prints no secret from a response that echoes the Basic credentials', async () => {
  const pairs = CLIENT_SECRETS.map(
    (secret, i) => `${i === 0 ? '0oajob' : '0oaweb'}:${encodeURIComponent(secret)}`,
  )
  // The length of the id shifts the base64 of the secret.
  for (const id of ['', 'x', 'xy']) {
    const sent = [...pairs, `0oajob${id}:${encodeURIComponent(CLIENT_SECRETS[0])}`].map((pair) =>
      Buffer.from(pair).toString('base64'),
    )
    okta.state.overrides = {
      token: () => ({ status: 400, json: { error: 'server_error', error_description: sent.join(' ') } }),
    }
    const printed = JSON.stringify(await checkOktaSetup(okta, { OKTA_CLIENT_ID: `0oajob${id}` }))
    expect(printed).toContain('server_error')
    expect(printed).not.toContain(sent.at(-1))
  }
})

test('requests a token per client and scope, and shares it among checks', async () => {
  const config = parseConfig({ OKTA_ISSUER: okta.url })
  const { requestToken } = createProbes(createDoctorSetup(config))
  const scope = 'fakebookapi.read'
  const clients = [
    { id: '0oajob', secret: 'a' },
    { id: '0oaother', secret: 'b' },
    { id: '0oajob', secret: 'a' },
  ]
  okta.state.requestedPaths.length = 0
  for (const client of clients) expect(await requestToken(client, scope)).toHaveProperty('token')
  expect(okta.state.requestedPaths).toHaveLength(2)
})

test('skips the job, the web app and the IDE if their clients are not set', async () => {
  const noClients = {
    OKTA_CLIENT_ID: '',
    OKTA_CLIENT_SECRET: '',
    WEBAPP_CLIENT_ID: '',
    WEBAPP_CLIENT_SECRET: '',
    IDE_CLIENT_ID: '',
  }
  const lines = await checkOktaSetup(okta, noClients)
  expect(problemIds(lines)).toEqual([])
  expect(lines.filter(({ status }) => status === 'skipped').map(({ check }) => check)).toEqual([
    'client',
    'dpop',
    'scopes',
    'policy',
    'token',
    'openid',
    'webapp',
    'redirect',
    'ide',
    'cors',
  ])
})
