// No engine for containers is here: the Containerfile is carried out step by step, and its command is run as its user.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { createSecretFile, startContainer } from '../support/deploy/container.ts'
import {
  BASE_IMAGE_COMMAND,
  buildImage,
  type ContainerImage,
  PROJECT_ROOT,
  parseContainerfile,
} from '../support/deploy/containerfile.ts'
import { postBody } from '../support/service.ts'
import { type StubIssuer, startStubIssuer } from '../support/stub-issuer.ts'

/** npm installs twice, and Vite builds once. */
const BUILDING_MS = 400_000

let image: ContainerImage
let issuer: StubIssuer
beforeAll(async () => {
  image = buildImage()
  issuer = await startStubIssuer()
}, BUILDING_MS)
afterAll(() => issuer.close())

const { engines, dependencies, version } = JSON.parse(
  readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'),
)
const texts = (name: string) => parseContainerfile().flatMap((one) => (one.name === name ? [one.text] : []))

/** What holds for the image. The numbers are permanent. */
const RULES: readonly (readonly [id: string, what: string, broken: () => unknown])[] = [
  [
    'D01',
    'each stage begins with the Node that the tests run on, by its version',
    () =>
      texts('ARG').filter((text) => !text.includes(`node:${process.versions.node}-`)).length +
      texts('FROM').filter((text) => !/^\$\{NODE_IMAGE\}( AS \w+)?$/.test(text)).length,
  ],
  ['D02', 'its user is a number, and not root', () => !/^[1-9]\d*:[1-9]\d*$/.test(image.user)],
  [
    'D03',
    'it is started by a list, so that no shell keeps signals',
    () => image.command[0] !== 'node' || image.stopSignal !== 'SIGTERM',
  ],
  ['D04', 'its version is the package’s', () => !texts('LABEL').join().includes(`version="${version}"`)],
  [
    'D05',
    'no package for development is in it, nor a second Node, nor the IDE’s sources',
    () =>
      [
        'node_modules/typescript',
        'node_modules/vite',
        'node_modules/node',
        'src/clients/ide',
        'test',
        '.git',
      ].filter((path) => existsSync(join(image.folder, path))),
  ],
  ['D06', 'the IDE is built in it', () => !existsSync(join(image.folder, 'build/ide/manifest.json'))],
  ['D07', 'no secret is written into it', () => /SECRET|PASSWORD|TOKEN|_URL/.test(texts('ENV').join())],
  [
    'D08',
    'no package’s script runs while it is built',
    () => texts('RUN').filter((text) => text.includes('npm ci') && !text.includes('--ignore-scripts')),
  ],
  [
    'D09',
    'its base image loses npm',
    () => texts('RUN').filter((text) => BASE_IMAGE_COMMAND.test(text)).length !== 1,
  ],
  ['D10', 'it listens for others', () => image.env.HOST !== '0.0.0.0' || image.env.NODE_ENV !== 'production'],
  ['D11', 'its port is the one it tells of', () => texts('EXPOSE').join() !== image.env.PORT],
  [
    'D12',
    'what it copies is let in, and all else is kept out',
    () => {
      const lines = readFileSync(join(PROJECT_ROOT, '.containerignore'), 'utf8')
        .split('\n')
        .filter((line) => /^[^#]/.test(line))
      const copied = texts('COPY').filter((text) => !text.startsWith('--from'))
      const sources = copied.flatMap((text) => text.split(' ').slice(0, -1))
      return [
        lines[0] === '*' ? '' : 'no *',
        ...sources.filter((source) => !lines.includes(`!${source}`)),
      ].join('')
    },
  ],
]
test.each(RULES)('%s %s', (_, __, broken) => {
  expect([broken()].flat().filter((fault) => fault)).toEqual([])
})

test('its Node is one that the package takes', () => {
  expect([engines.node, dependencies.node]).toEqual(['>=24', expect.stringMatching(/^\^26\./)])
})

describePostgres(
  'D13 the command as written, as its user, with production dependencies and secrets in files',
  () => {
    test('starts on PostgreSQL, is healthy, answers, writes nothing beside, and drains at its stop signal', async () => {
      const container = await startContainer(image, {
        OKTA_ISSUER: issuer.url,
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
  },
)

test('D14 without a setting that it needs it ends with 2 and says which', async () => {
  const container = await startContainer(image, {})
  expect(await container.exited).toBe(2)
  expect(container.output()).toContain('OKTA_ISSUER')
})
