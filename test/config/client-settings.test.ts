import { expect, test } from '@jest/globals'
import { runCli } from '../support/cli-process.ts'

const MEMORY = { DATABASE_URL: 'file::memory:' }

test.each([
  ['job', ['job', 'list'], 'OKTA_CLIENT_ID and OKTA_CLIENT_SECRET'],
  ['webapp', ['webapp'], 'WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET'],
  ['start', ['start'], 'WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET'],
])(
  '%s sends no well-known secret to an issuer elsewhere: exit 2 without a client of its own',
  async (_, command, names) => {
    const free = { ...MEMORY, PORT: '0', WEBAPP_PORT: '0' }
    const { status, stderr } = await runCli(command, {
      ...free,
      OKTA_ISSUER: 'https://localhost:1/oauth2/default',
    })
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`${names}: are required with this OKTA_ISSUER`),
    ])
  },
)

test('a redirect URI on a page of the web app: exit 2, named, with an example', async () => {
  const settings = { ...MEMORY, WEBAPP_PORT: '0', WEBAPP_REDIRECT_URI: 'http://localhost:7001/books' }
  const { status, stderr } = await runCli(['webapp'], settings)
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^ {2}WEBAPP_REDIRECT_URI: .*For example/m)])
})
