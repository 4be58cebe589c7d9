import { expect, test } from '@jest/globals'
import { runCli } from '../support/cli-process.ts'

const MEMORY = { DATABASE_URL: 'file::memory:' }

test.each([
  { command: ['job', 'list'], names: 'OKTA_CLIENT_ID and OKTA_CLIENT_SECRET' },
  { command: ['webapp'], names: 'WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET' },
  { command: ['start'], names: 'WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET' },
])('$command sends no embedded secret to a remote issuer: exits with 2', async ({ command, names }) => {
  const { status, stderr } = await runCli(command, {
    ...MEMORY,
    PORT: '0',
    WEBAPP_PORT: '0',
    OKTA_ISSUER: 'https://localhost:1/oauth2/default',
  })
  expect([status, stderr]).toEqual([
    2,
    expect.stringContaining(`${names}: must be set with this OKTA_ISSUER`),
  ])
})

test('rejects a redirect URI with the path of a page of the web app', async () => {
  const settings = { ...MEMORY, WEBAPP_PORT: '0', WEBAPP_REDIRECT_URI: 'http://localhost:7001/books' }
  const { status, stderr } = await runCli(['webapp'], settings)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^ {2}WEBAPP_REDIRECT_URI: .*For example/m)])
})
