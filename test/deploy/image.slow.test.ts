// Builds the image without a container engine, and runs its command as its user.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { createSecretFile, startContainer } from '../support/deploy/container.ts'
import { buildImage, type ContainerImage } from '../support/deploy/dockerfile.ts'
import { postBody } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

/** For two runs of `npm ci` and one of Vite. */
const BUILD_TIMEOUT_MS = 400_000

let image: ContainerImage
let issuer: StubIssuer
beforeAll(async () => {
  image = buildImage()
  issuer = await startStubIssuer()
}, BUILD_TIMEOUT_MS)
afterAll(() => issuer.close())

test('deploy/D05 contains no development package, no second Node, no IDE sources and no tests', () => {
  const paths = [
    'node_modules/typescript',
    'node_modules/vite',
    'node_modules/node',
    'src/clients/ide',
    'test',
    '.git',
  ]
  expect(paths.filter((path) => existsSync(join(image.folder, path)))).toEqual([])
})

test('deploy/D06 contains the built IDE', () => {
  expect(existsSync(join(image.folder, 'build/ide/manifest.json'))).toBe(true)
})

describePostgres('with secrets in files', () => {
  test('deploy/D13 starts on PostgreSQL, serves requests, writes no files and drains at its stop signal', async () => {
    const container = await startContainer(image, {
      OKTA_ISSUER: issuer.url,
      API_URL: 'https://books.example.com',
      DATABASE_URL_FILE: createSecretFile(await createPostgresDatabase()),
    })
    await container.waitUntilReady()
    expect(container.runHealthCheck()).toBe(0)
    const query = '{"query":"{ book(id: 1) { title } }"}'
    const { json } = await postBody(`${container.url}/graphql`, query, await issuer.signToken())
    expect(json.data).toEqual({ book: { title: 'And Then There Were None' } })
    const page = await fetch(`${container.url}/graphql`, { headers: { accept: 'text/html' } })
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('src="ide/')])
    container.child.kill(image.stopSignal as NodeJS.Signals)
    expect(await container.exited).toBe(0)
    expect(container.runHealthCheck()).toBe(1)
    expect(existsSync(join(image.folder, 'data'))).toBe(false)
  })
})

test('deploy/D14 exits with 2 and names a required setting that is missing', async () => {
  const container = await startContainer(image, {})
  expect(await container.exited).toBe(2)
  expect(container.output()).toContain('OKTA_ISSUER')
})
