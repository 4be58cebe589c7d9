// Checks that the files, headings, npm scripts and settings that README and docs name exist.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from '@jest/globals'
import { parseConfig } from '../src/config/config.ts'
import { listVariableNames, type Setting } from '../src/config/setting-definition.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { API_ERROR_STATUSES } from '../src/errors/error-details.ts'
import { DOC_PAGES, readPage } from './support/doc-pages.ts'
import { PROJECT_ROOT } from './support/project-root.ts'

const prose = (page: string) => readPage(page).replace(/```[\s\S]*?```/g, '')
/** Returns the anchors that GitHub generates for the headings of a page. */
const headingAnchors = (page: string) =>
  [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

test.each(DOC_PAGES)('%s links only to existing files and headings', (page) => {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const broken = links
    .filter((link) => !/^https?:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? page : join(dirname(page), file)
      if (!existsSync(join(PROJECT_ROOT, target))) return true
      return anchor !== undefined && !headingAnchors(target).includes(anchor)
    })
  expect(broken).toEqual([])
})

test('every alert links to an existing heading of its runbook', () => {
  const runbooks = [...readPage('docs/prometheus/alerts.yml').matchAll(/runbook: (\S+)#(\S+)/g)]
  expect(runbooks.length).toBeGreaterThan(10)
  expect(runbooks.filter(([, page = '', anchor = '']) => !headingAnchors(page).includes(anchor))).toEqual([])
})

test.each(DOC_PAGES)('%s names only existing npm scripts', (page) => {
  const { scripts } = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> }
  const named = [...readPage(page).matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g)].map(
    ([, name = '']) => name,
  )
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test.each(DOC_PAGES)('%s names only existing files', (page) => {
  const named = [...readPage(page).matchAll(/`((?:src|test|bench|codegen|schema|deploy|docs)\/[\w./-]+)`/g)]
  expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(PROJECT_ROOT, file)))).toEqual(
    [],
  )
})

/** Names that look like settings but are error codes, labels, or variables of other programs. */
const NOT_SETTINGS =
  /^(?:OTEL_\w+|ACCESS_TOKEN|GRAPHQL_\w+|OPERATION_RESOLUTION_FAILURE|NODE_ENV|NODE_OPTIONS|TEST_POSTGRES|BAD_\w+|ALREADY_EXISTS|IDEMPOTENCY_(?:MISMATCH|IN_FLIGHT)|LIMIT_EXCEEDED|NOT_FOUND|SERVICE_UNAVAILABLE|INTERNAL_SERVER_ERROR|UNAUTHORIZED_FIELD_OR_TYPE|UNTRUSTED_DOCUMENT|PERSISTED_QUERY_NOT_FOUND)$/
test.each(DOC_PAGES)('%s names only existing settings', (page) => {
  const known = new Set(
    Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
  )
  const named = [...readPage(page).matchAll(/\b[A-Z]{2,}(?:_[A-Z]+)+\b/g)].map(([name]) => name)
  expect(named.filter((name) => !known.has(name) && !NOT_SETTINGS.test(name))).toEqual([])
})

test('docs/clients.md has every error code of the API, with its status', () => {
  const rows = [...readPage('docs/clients.md').matchAll(/^\| (`[A-Z_`, ]+) \| .+ \|$/gm)]
  const documented = Object.entries(API_ERROR_STATUSES).filter(([code, status]) =>
    rows.some(([row, codes = '']) => codes.includes(`\`${code}\``) && row.includes(String(status))),
  )
  expect(Object.fromEntries(documented)).toEqual(API_ERROR_STATUSES)
})

test('README.md has at most 200 lines and 10 npm commands', () => {
  const readme = readPage('README.md')
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  const commands = new Set([...readme.matchAll(/npm (?:start|test|run [a-z][\w:-]*)/g)].map(([name]) => name))
  expect(commands.size).toBeLessThanOrEqual(10)
})

test('.env.example sets nothing as it is, and only valid settings once uncommented', () => {
  const example = readPage('.env.example')
  expect(parseEnv(example)).toEqual({})
  const settings = parseEnv(example.replace(/^# (?=[A-Z_]+=)/gm, ''))
  expect(Object.keys(settings).length).toBeGreaterThan(15)
  expect(() => parseConfig(settings)).not.toThrow()
})

test('README.md, package.json and .nvmrc agree on the Node versions that install and run the project', () => {
  const [, oldest, brought = ''] =
    /Node (\d+) or newer to install; `npm install` also brings Node (\d+)/.exec(readPage('README.md')) ?? []
  const { engines, dependencies } = JSON.parse(readPage('package.json'))
  expect([engines, dependencies.node, readPage('.nvmrc').trim()]).toEqual([
    { node: `>=${oldest}` },
    expect.stringMatching(new RegExp(`^\\^${brought}\\.`)),
    brought,
  ])
  // npm warns about each package that requires a newer Node than the one that installs it.
  expect(readPage('.npmrc')).toMatch(/^loglevel=error$/m)
})
