import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { InvalidSettingsError } from '../../src/config/config.ts'
import { TRUSTED_DOCUMENT_CASES } from '../cases/graphql/trusted-documents.ts'
import { createTemporaryFolder, runCli } from '../support/cli-process.ts'
import {
  ADMIN_SCOPE,
  type HttpReply,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'

const MODES = ['only', 'prefer', 'off'] as const

describe.each(MODES)('TRUSTED_DOCUMENTS=%s', (mode) => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ TRUSTED_DOCUMENTS: mode })
  })
  afterAll(() => service.close())

  async function ask(request: unknown): Promise<HttpReply> {
    const headers = {
      authorization: `Bearer ${await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)}`,
      'content-type': 'application/json',
    }
    const url = `${service.apiUrl}/graphql`
    if (typeof request === 'string') return sendRequest(`${url}?${request}`, { headers })
    return sendRequest(url, { method: 'POST', headers, body: JSON.stringify(request) })
  }

  test.each(TRUSTED_DOCUMENT_CASES)('%s %s', async (_, __, request, ...expected) => {
    const { status, json } = await ask(request)
    const wanted = expected[MODES.indexOf(mode)]
    const code = json.errors?.[0]?.extensions.code
    if (wanted === 200) expect({ status, code }).toEqual({ status: 200, code: undefined })
    else if (wanted === 'BAD_REQUEST') expect(status).toBe(400)
    else expect(code).toBe(wanted)
  })

  test('the job and REST go on', async () => {
    const { status, stdout } = await runCli(['job', 'list', '--json'], {
      API_URL: service.apiUrl,
      OKTA_ISSUER: service.issuerUrl,
    })
    expect({ status, first: JSON.parse(stdout.split('\n')[0] ?? '').id }).toEqual({ status: 0, first: '1' })
    const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
    expect((await sendRequest(`${service.apiUrl}/books/1`, { headers })).status).toBe(200)
  })

  test('who may not run a document may not run it by its hash either', async () => {
    const body = JSON.stringify({
      documentId: 'sha256:08a5994f07a893644d4a375d34fcb6b3f2d8e5ab2e24bbf23e0dea9b9c11374d',
      variables: { input: { title: 't', author: 'a', cost: 1, numPages: 1 } },
    })
    const headers = {
      authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}`,
      'content-type': 'application/json',
    }
    const { status } = await sendRequest(`${service.apiUrl}/graphql`, { method: 'POST', headers, body })
    expect(status).toBe(mode === 'off' ? 400 : 403)
  })
})

const BOOKS = '{ books { id } }'
const HASH = 'b381363e28b14ed818b3d63f7dbeaf328f60410e148e972b4cc6946a3f66883b'
function manifest(content: unknown): string {
  const file = join(createTemporaryFolder(), 'manifest.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}
const byApollo = (operations: unknown) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
})

test.each([
  ['of codegen', { [`sha256:${HASH}`]: BOOKS }],
  ['of Apollo', byApollo([{ id: HASH, name: 'Books', type: 'query', body: BOOKS }])],
])('a manifest %s is taken, in place of our own', async (_, content) => {
  const service = await startService({
    TRUSTED_DOCUMENTS: 'only',
    TRUSTED_DOCUMENTS_MANIFEST: manifest(content),
  })
  const token = await service.tokenFor(READ_SCOPE)
  expect((await service.graphql(BOOKS, token)).status).toBe(200)
  expect((await service.graphql('{ books { title } }', token)).status).toBe(400)
  await service.close()
})

test.each([
  ['Q50', 'a file that is not there', '/nowhere/manifest.json', /ENOENT/],
  ['Q51', 'no JSON', manifest('{'), /JSON/],
  ['Q52', 'no manifest', manifest([1]), /no manifest/],
  ['Q53', 'a hash of something else', manifest({ [`sha256:${'0'.repeat(64)}`]: BOOKS }), /not the SHA-256/],
])('%s %s stops the start, and names the file', async (_, __, file, fault) => {
  const start = startService({ TRUSTED_DOCUMENTS: 'prefer', TRUSTED_DOCUMENTS_MANIFEST: file })
  await expect(start).rejects.toThrow(InvalidSettingsError)
  await expect(start).rejects.toThrow(fault)
  await expect(start).rejects.toThrow(file)
})
