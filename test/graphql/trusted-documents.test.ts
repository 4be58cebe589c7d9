import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { InvalidSettingsError } from '../../src/config/config.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { createResolveDocument } from '../../src/graphql/trusted-documents.ts'
import { TRUSTED_DOCUMENT_CASES } from '../cases/graphql/trusted-documents.ts'
import { runCli } from '../support/cli-process.ts'
import {
  ADMIN_SCOPE,
  type HttpReply,
  READ_SCOPE,
  type Service,
  sendRequest,
  startService,
} from '../support/service.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const MODES = ['only', 'prefer', 'off'] as const

describe.each(MODES)('TRUSTED_DOCUMENTS=%s', (mode) => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ TRUSTED_DOCUMENTS: mode })
  })
  afterAll(() => service.close())

  async function send(request: unknown): Promise<HttpReply> {
    const headers = {
      authorization: `Bearer ${await service.tokenFor(READ_SCOPE, ADMIN_SCOPE)}`,
      'content-type': 'application/json',
    }
    const url = `${service.apiUrl}/graphql`
    if (typeof request === 'string') return sendRequest(`${url}?${request}`, { headers })
    return sendRequest(url, { method: 'POST', headers, body: JSON.stringify(request) })
  }

  test.each(TRUSTED_DOCUMENT_CASES)('$id $title', async ({ request, [mode]: expected }) => {
    const { status, json } = await send(request)
    const code = json.errors?.[0]?.extensions.code
    if (expected === 200) expect({ status, code }).toEqual({ status: 200, code: undefined })
    else if (expected === 'BAD_REQUEST') expect(status).toBe(400)
    else expect(code).toBe(expected)
  })

  test('serves the job and REST', async () => {
    const { status, stdout } = await runCli(['job', 'list', '--json'], {
      API_URL: service.apiUrl,
      OKTA_ISSUER: service.issuerUrl,
    })
    expect({ status, first: JSON.parse(stdout.split('\n')[0] ?? '').id }).toEqual({ status: 0, first: '1' })
    const headers = { authorization: `Bearer ${await service.tokenFor(READ_SCOPE)}` }
    expect((await sendRequest(`${service.apiUrl}/books/1`, { headers })).status).toBe(200)
  })

  test('authorizes a document that is named by its hash', async () => {
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
const toApolloManifest = (operations: unknown) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
})

test.each([
  ['codegen', { [`sha256:${HASH}`]: BOOKS }],
  ['Apollo', toApolloManifest([{ id: HASH, name: 'Books', type: 'query', body: BOOKS }])],
])('accepts a manifest of %s in place of the built-in ones', async (_, content) => {
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
  {
    id: 'trusted-documents/Q50',
    title: 'a missing manifest',
    file: '/nowhere/manifest.json',
    message: /ENOENT/,
  },
  { id: 'trusted-documents/Q51', title: 'invalid JSON', file: manifest('{'), message: /JSON/ },
  { id: 'trusted-documents/Q52', title: 'JSON of another shape', file: manifest([1]), message: /manifest/ },
  {
    id: 'trusted-documents/Q53',
    title: 'a wrong hash',
    file: manifest({ [`sha256:${'0'.repeat(64)}`]: BOOKS }),
    message: /not the SHA-256/,
  },
])('$id does not start with $title, and names the file', async ({ file, message }) => {
  const start = startService({ TRUSTED_DOCUMENTS: 'prefer', TRUSTED_DOCUMENTS_MANIFEST: file })
  await expect(start).rejects.toThrow(InvalidSettingsError)
  await expect(start).rejects.toThrow(message)
  await expect(start).rejects.toThrow(file)
})

const COMPARED = [
  {
    id: 'trusted-documents/Q60',
    text: '{books(filter:{title:"a  b"}) # comment\n{id title,},}',
    isTrusted: true,
  },
  { id: 'trusted-documents/Q61', text: '{ books(filter: {title: "a b"}) { id title } }', isTrusted: false },
  { id: 'trusted-documents/Q62', text: '{ books(filter: {title: "a  b"}) { id } }', isTrusted: false },
  { id: 'trusted-documents/Q63', text: '{ title(filter: {books: "a  b"}) { id books } }', isTrusted: false },
]

test.each(COMPARED)('$id compares a sent text with the trusted one: $text', ({ text, isTrusted }) => {
  const documents = ['query { books(filter: {title: "a  b"}) { title id } }']
  const resolveDocument = createResolveDocument({ mode: 'only', documents }, () => undefined)
  const resolve = () => resolveDocument({ query: text })
  if (isTrusted) expect(resolve()).toBeUndefined()
  else expect(resolve).toThrow(ApiError)
})
