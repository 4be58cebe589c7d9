import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connectDocumentClient } from '../../../src/clients/job/document-client.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { AddBookDocument, ListBooksDocument } from '../../../src/generated/job/graphql.ts'
import { runCli } from '../../support/cli-process.ts'
import { ADMIN_SCOPE, READ_SCOPE, readMetric, type Service, startService } from '../../support/service.ts'

let service: Service
let place: Record<string, string>
beforeAll(async () => {
  service = await startService()
  place = { OKTA_ISSUER: service.issuerUrl, API_URL: service.apiUrl }
})
afterAll(() => service.close())

const ADD = [
  'job',
  'add',
  '--title',
  'Curtain',
  '--author',
  'Agatha Christie',
  '--cost',
  '7.99',
  '--pages',
  '250',
]

test('documents carry the scopes that the schema asks of them', () => {
  expect(ListBooksDocument.__meta__?.scopes).toEqual([READ_SCOPE])
  expect(AddBookDocument.__meta__?.scopes).toEqual([ADMIN_SCOPE])
})

test('it lists the books, filters them, and adds one', async () => {
  const listed = await runCli(['job', 'list'], place)
  expect([listed.status, listed.stdout.trim().split('\n')[0]]).toEqual([
    0,
    '1\tAnd Then There Were None\tAgatha Christie\t7.99\t300 pages',
  ])
  expect(listed.stdout.trim().split('\n')).toHaveLength(5)
  const moon = await runCli(['job', 'list', '--title', 'moon'], place)
  expect(moon.stdout).toMatch(/^5\tThe Moonstone/)
  const added = await runCli([...ADD, '--id', '77'], place)
  expect([added.status, added.stdout]).toEqual([0, '77\tCurtain\tAgatha Christie\t7.99\t250 pages\n'])
})

test.each([
  ['a client that may', {}],
  [
    'a client that must',
    { OKTA_CLIENT_ID: 'fakebook-cron-dpop', OKTA_CLIENT_SECRET: 'fakebook-cron-dpop-secret' },
  ],
])('with --dpop its tokens are bound to a key: %s', async (_, settings) => {
  const before = await proofs()
  const listed = await runCli(['job', 'list', '--dpop', '--title', 'moon'], { ...place, ...settings })
  expect([listed.status, listed.stdout]).toEqual([0, expect.stringMatching(/^5\tThe Moonstone/)])
  const added = await runCli([...ADD, '--dpop'], { ...place, ...settings })
  expect([added.status, added.stdout]).toEqual([0, expect.stringMatching(/\tCurtain\t/)])
  expect((await proofs()) - before).toBe(2)
})

test('with --dpop it takes the nonce that the API asks for', async () => {
  const strict = await startService({ DPOP_NONCE: 'required' })
  const settings = { OKTA_ISSUER: strict.issuerUrl, API_URL: strict.apiUrl }
  const listed = await runCli(['job', 'list', '--dpop', '--title', 'moon'], settings)
  expect([listed.status, listed.stdout]).toEqual([0, expect.stringMatching(/^5\tThe Moonstone/)])
  await strict.close()
})

test.each([false, true])(
  'a document that asks for too little asks once more, for what is lacking; dpop: %s',
  async (dpop) => {
    const settings = parseConfig(place)
    const document = (scopes: string[], text: string) => ({ toString: () => text, __meta__: { scopes } })
    const runs = await connectDocumentClient(settings, { dpop })
    const answer = await runs(document([READ_SCOPE], '{ book(id: 1) { addedBy } }'), {})
    expect(answer).toEqual({ book: { addedBy: 'fakebook' } })
    await expect(runs(document([READ_SCOPE], '{ book { id } }'), {})).rejects.toThrow(/HTTP 400/)
  },
)

/** What an API may answer that is none of ours: words, never a crash. */
test.each([
  ['null', /it sent no GraphQL answer/],
  ['{"errors":{}}', /it sent no GraphQL answer/],
  ['{"errors":[null]}', /undefined/],
  ['<html>', /it sent no GraphQL answer/],
  ['{"errors":[{"message":"red \\u001b[31malert"}]}', /red {2}?.?\[31malert/],
])('an API that answers %s', async (body, words) => {
  const api = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1')
  await once(api, 'listening')
  const { port } = api.address() as AddressInfo
  const { status, stderr } = await runCli(['job', 'list'], { ...place, API_URL: `http://localhost:${port}` })
  expect([status, stderr]).toEqual([1, expect.stringMatching(words)])
  expect(stderr).not.toMatch(/\.ts:\d|\p{Cc}(?!$)/u)
  api.close()
})

/** How many proofs the API has let in. */
const proofs = () => readMetric(service.apiUrl, 'fakebook_tokens_verified_total{scheme="DPoP"}')

/** How the job ends when it can't do its work: exit 1 and words that say why. */
const REFUSED: readonly (readonly [string, readonly string[], Record<string, string>, RegExp])[] = [
  [
    'a wrong secret',
    ['job', 'list'],
    { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_SECRET: 'hunter2' },
    /invalid_client: The client secret/,
  ],
  [
    'an unknown client',
    ['job', 'list'],
    { OKTA_CLIENT_ID: 'nobody', OKTA_CLIENT_SECRET: 'hunter2' },
    /invalid_client: Invalid value for 'client_id'/,
  ],
  [
    'a client that may not have the scope',
    ADD,
    { OKTA_CLIENT_ID: 'fakebook-webapp', OKTA_CLIENT_SECRET: 'fakebook-webapp-secret' },
    /unauthorized_client/,
  ],
  [
    'a client whose tokens must be bound to a key',
    ['job', 'list'],
    { OKTA_CLIENT_ID: 'fakebook-cron-dpop', OKTA_CLIENT_SECRET: 'fakebook-cron-dpop-secret' },
    /invalid_dpop_proof: The DPoP proof JWT header is missing\. .*--dpop/,
  ],
  [
    'no authorization server',
    ['job', 'list'],
    { OKTA_ISSUER: 'http://localhost:1/oauth2/default' },
    /authorization server at http:\/\/localhost:1\S* cannot be reached/,
  ],
  [
    'no API',
    ['job', 'list'],
    { API_URL: 'http://localhost:1' },
    /The API at http:\/\/localhost:1 cannot be reached/,
  ],
  [
    'a book that is not right',
    [...ADD.slice(0, -4), '--cost', '7.999', '--pages', '0'],
    {},
    /input.cost: .*input.numPages: /,
  ],
  ['an id that is taken', [...ADD, '--id', '1'], {}, /The id 1 is taken/],
]
test.each(REFUSED)('%s: exit 1 and why', async (_, command, settings, words) => {
  const { status, stdout, stderr } = await runCli(command, { ...place, ...settings })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(words)
  expect(stderr).not.toMatch(/hunter2|\.ts:\d|eyJ/)
})

test('a title is in one line, and steers no terminal', async () => {
  const query =
    'mutation { addBook(input: { title: "two\\nlines\\u001b[2J\\tx", author: "Escape", cost: 1, numPages: 1 }) { id } }'
  await service.graphql(query, await service.tokenFor(ADMIN_SCOPE))
  const { stdout } = await runCli(['job', 'list', '--author', 'Escape'], place)
  expect(stdout.split('\t').slice(1)).toEqual(['two lines [2J x', 'Escape', '1.00', '1 pages\n'])
})
