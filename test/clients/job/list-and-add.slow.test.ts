import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runCli } from '../../support/cli-process.ts'
import { readMetric, type Service, startService } from '../../support/service.ts'

let service: Service
let settings: Record<string, string>
beforeAll(async () => {
  service = await startService()
  settings = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
})
afterAll(() => service.close())

const BOOK = ['--title', 'Curtain', '--author', 'Agatha Christie']
const ADD = ['job', 'add', ...BOOK, '--cost', '7.99', '--pages', '250']
const LIST_ONE = ['job', 'list', '--title', 'moon']
const DPOP_CLIENT = { OKTA_CLIENT_ID: 'fakebook-cron-dpop', OKTA_CLIENT_SECRET: 'fakebook-cron-dpop-secret' }

const countVerifiedProofs = () => readMetric(service.apiUrl, 'fakebook_tokens_verified_total{scheme="DPoP"}')

test.each([
  { id: 'job/D01', title: 'a client that may use DPoP', client: {} },
  { id: 'job/D02', title: 'a client that must use DPoP', client: DPOP_CLIENT },
])('$id binds the tokens of $title with --dpop', async ({ client }) => {
  const before = await countVerifiedProofs()
  const listed = await runCli([...LIST_ONE, '--dpop'], { ...settings, ...client })
  expect([listed.status, listed.stdout]).toEqual([0, expect.stringMatching(/^ +5 {2}The Moonstone /m)])
  const added = await runCli([...ADD, '--dpop'], { ...settings, ...client })
  expect([added.status, added.stdout]).toEqual([0, expect.stringMatching(/: Curtain by Agatha Christie\.$/m)])
  expect((await countVerifiedProofs()) - before).toBe(2)
})

test('sends the DPoP nonce that the API requires', async () => {
  const strict = await startService({ DPOP_NONCE: 'required' })
  const listed = await runCli([...LIST_ONE, '--dpop'], {
    OKTA_ISSUER: strict.issuerUrl,
    API_URL: strict.apiUrl,
  })
  expect([listed.status, listed.stdout]).toEqual([0, expect.stringMatching(/^ +5 {2}The Moonstone /m)])
  await strict.close()
})

test.each([
  { id: 'job/G01', body: 'null', message: /the response is not GraphQL\. Check that API_URL is the API\./ },
  {
    id: 'job/G02',
    body: '{"errors":{}}',
    message: /the response is not GraphQL\. Check that API_URL is the API\./,
  },
  { id: 'job/G03', body: '{"errors":[null]}', message: /undefined/ },
  { id: 'job/G04', body: '<html>', message: /the response is not GraphQL\. Check that API_URL is the API\./ },
  {
    id: 'job/G05',
    body: '{"errors":[{"message":"red \\u001b[31malert"}]}',
    message: /red {2}?.?\[31malert/,
  },
])('$id reports the response $body in one line', async ({ body, message }) => {
  const api = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const { port } = api.address() as AddressInfo
  const { status, stderr } = await runCli(['job', 'list'], {
    ...settings,
    API_URL: `http://localhost:${port}`,
  })
  expect([status, stderr]).toEqual([1, expect.stringMatching(message)])
  expect(stderr).not.toMatch(/\.ts:\d|\p{Cc}(?!$)/u)
  api.close()
})

const FAILING_COMMANDS: readonly {
  readonly id: string
  readonly title: string
  readonly command: readonly string[]
  readonly settings: Record<string, string>
  readonly message: RegExp
}[] = [
  {
    id: 'job/F01',
    title: 'a wrong client secret',
    command: ['job', 'list'],
    settings: { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2' },
    message: /invalid_client: The client secret/,
  },
  {
    id: 'job/F02',
    title: 'an unknown client',
    command: ['job', 'list'],
    settings: { OKTA_CLIENT_ID: 'unknown', OKTA_CLIENT_SECRET: 'hunter2' },
    message: /invalid_client: Invalid value for 'client_id'/,
  },
  {
    id: 'job/F03',
    title: 'a client that may not request the scope',
    command: ADD,
    settings: { OKTA_CLIENT_ID: 'fakebook-webapp', OKTA_CLIENT_SECRET: 'fakebook-webapp-secret' },
    message: /unauthorized_client/,
  },
  {
    id: 'job/F04',
    title: 'a client that must use DPoP, without --dpop',
    command: ['job', 'list'],
    settings: DPOP_CLIENT,
    message: /invalid_dpop_proof: The DPoP proof JWT header is missing\. .*--dpop/,
  },
  {
    id: 'job/F05',
    title: 'an unreachable authorization server',
    command: ['job', 'list'],
    settings: { OKTA_ISSUER: 'http://localhost:1/oauth2/default' },
    message: /authorization server at http:\/\/localhost:1\S* cannot be reached: .*"npm start".*OKTA_ISSUER/,
  },
  {
    id: 'job/F06',
    title: 'an unreachable API',
    command: ['job', 'list'],
    settings: { API_URL: 'http://localhost:1' },
    message: /The API at http:\/\/localhost:1 cannot be reached: .*"npm start".*API_URL/,
  },
  {
    id: 'job/F07',
    title: 'an invalid book',
    command: ['job', 'add', ...BOOK, '--cost', '7.999', '--pages', '100001'],
    settings: {},
    message: /input.cost: .*input.numPages: /,
  },
  {
    id: 'job/F08',
    title: 'an id that is taken',
    command: [...ADD, '--id', '1'],
    settings: {},
    message: /The id 1 is taken/,
  },
]
test.each(FAILING_COMMANDS)('$id exits 1 and prints the reason: $title', async (row) => {
  const { status, stdout, stderr } = await runCli(row.command, { ...settings, ...row.settings })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(row.message)
  expect(stderr).not.toMatch(/hunter2|\.ts:\d|eyJ/)
})
