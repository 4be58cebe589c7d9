import { expect, test } from '@jest/globals'
import { runCli } from '../support/cli-process.ts'

const MEMORY = { DATABASE_URL: 'file::memory:' }
const ISSUER = 'http://127.0.0.1:1/oauth2/default'

test('names every invalid and unknown setting without its value: exits with 2', async () => {
  const { status, stderr } = await runCli(['api'], {
    PORT: '99999',
    LOG_LEVEL: 'loud',
    INTROSPECTION: 'perhaps',
    DATABASE_URL: 'mysql://root:hunter2@db/books',
    OKTA_ISSUER: 'http://okta.example.com/oauth2/default',
    OKTA_ISUER: 'https://okta.example.com',
    OKTA_CLIENT_SECRET: 'hunter2',
  })
  expect(status).toBe(2)
  for (const name of [
    'PORT',
    'LOG_LEVEL',
    'INTROSPECTION',
    'DATABASE_URL',
    'OKTA_ISSUER',
    'OKTA_ISUER',
    'OKTA_CLIENT_ID',
  ])
    expect(stderr).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  expect(stderr).not.toContain('hunter2')
})

test.each([
  { title: 'an unknown command', command: ['books'] },
  { title: 'a missing option', command: ['job', 'add', '--title', 'x'] },
  { title: 'api without an issuer', command: ['api'] },
])('exits with 2 for wrong usage: $title', async ({ command }) => {
  expect((await runCli(command, MEMORY)).status).toBe(2)
})

test('rejects the embedded authorization server in production', async () => {
  const { status, stderr } = await runCli(['start'], { ...MEMORY, NODE_ENV: 'production' })
  expect([status, stderr]).toEqual([2, expect.stringContaining('OKTA_ISSUER')])
})

test('names every setting that the web app lacks in production', async () => {
  const settings = { ...MEMORY, NODE_ENV: 'production', OKTA_ISSUER: ISSUER, WEBAPP_PORT: '0' }
  const { status, stderr } = await runCli(['webapp'], settings)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/WEBAPP_CLIENT_ID[\s\S]*SESSION_SECRET/)])
})
