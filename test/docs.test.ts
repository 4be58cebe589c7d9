// What README and docs tell people to type works as it stands, but for the ports; what they point to is there.

import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { listVariableNames } from '../src/config/environment.ts'
import type { Setting } from '../src/config/setting-definition.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { startService } from './support/service.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const prose = (page: string) => read(page).replace(/```[\s\S]*?```/g, '')
/** As GitHub makes them of headings. */
const anchorsOf = (page: string) =>
  [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

test.each(PAGES)('%s: links within the project lead to a file, and to a heading in it', (page) => {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const dead = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? page : join(dirname(page), file)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
  expect(dead).toEqual([])
})

test('every alert leads to a heading of its runbook', () => {
  const runbooks = [...read('docs/prometheus/alerts.yml').matchAll(/runbook: (\S+)#(\S+)/g)]
  expect(runbooks.length).toBeGreaterThan(10)
  expect(runbooks.filter(([, page = '', anchor = '']) => !anchorsOf(page).includes(anchor))).toEqual([])
})

test.each(PAGES)('%s: every npm script that it names is there', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...read(page).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = '']) => name)
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test.each(PAGES)('%s: every file of the project that it names is there', (page) => {
  const named = [...read(page).matchAll(/`((?:src|test|bench|codegen|schema|deploy|docs)\/[\w./-]+)`/g)]
  expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})

/** Words that look like settings and are codes, labels or somebody else's. */
const OTHERS =
  /^(?:OTEL_\w+|NODE_ENV|NODE_OPTIONS|TEST_POSTGRES|BAD_\w+|ALREADY_EXISTS|IDEMPOTENCY_(?:MISMATCH|IN_FLIGHT)|LIMIT_EXCEEDED|NOT_FOUND|SERVICE_UNAVAILABLE|INTERNAL_SERVER_ERROR|UNTRUSTED_DOCUMENT|PERSISTED_QUERY_NOT_FOUND)$/
test.each(PAGES)('%s: every setting that it names is one', (page) => {
  const known = new Set(
    Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
  )
  const named = [...read(page).matchAll(/\b[A-Z]{2,}(?:_[A-Z]+)+\b/g)].map(([name]) => name)
  expect(named.filter((name) => !known.has(name) && !OTHERS.test(name))).toEqual([])
})

/** `$ command`, and what it prints up to an empty line. */
const EXPLAINED = /^\$ (npm run scopes -- explain .+)\n([\s\S]+?)(?=\n\n|\n```)/gm
test.each(PAGES.flatMap((page) => [...read(page).matchAll(EXPLAINED)].map(([, ...both]) => both)))(
  '%s prints what stands below it',
  async (command = '', printed = '') => {
    const silent = command.replace('npm run', 'npm run --silent')
    const { stdout } = await run('bash', ['-c', `${silent} || true`], { cwd: ROOT })
    expect(stdout.trim()).toBe(printed)
  },
)

test('a write that is sent again', async () => {
  const [, lines = ''] = /```sh\n(TOKEN=[\s\S]*?)\n```/.exec(read('docs/using.md')) ?? []
  const service = await startService()
  const here = lines
    .replace('http://localhost:4400/oauth2/default', service.issuerUrl)
    .replace('http://localhost:4000', service.apiUrl)
  const [token, write] = here.split(/\n(?=curl )/)
  const { stdout } = await run('bash', ['-c', `${token}\n${write}\necho\n${write}`])
  expect(stdout.match(/^HTTP\/1.1 201/gm)).toHaveLength(2)
  expect(stdout.match(/^location: \/books\/6\r$/gm)).toHaveLength(2)
  await service.close()
})
