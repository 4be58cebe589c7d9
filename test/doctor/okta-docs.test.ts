// Keeps docs/okta.md in sync with doctor, as far as that is possible without Okta's Admin Console.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { SETTINGS } from '../../src/config/settings.ts'
import { TOKEN_CHECKS } from '../../src/doctor/explain-token.ts'
import { FINDINGS } from '../../src/doctor/findings.ts'
import { SETUP_CHECKS } from '../../src/doctor/setup-checks.ts'
import { JOB_CASES } from '../cases/doctor/job.ts'
import { PASTED_TOKEN_CASES } from '../cases/doctor/pasted-tokens.ts'
import { SERVER_CASES } from '../cases/doctor/server.ts'
import { USER_CLIENT_CASES } from '../cases/doctor/user-clients.ts'
import { renderTranscript, TRANSCRIPT_NAMES } from '../support/doctor/transcripts.ts'

const DOC = fileURLToPath(new URL('../../docs/okta.md', import.meta.url))
const doc = readFileSync(DOC, 'utf8')
const prose = doc.replace(/```[\s\S]*?```/g, '')
const otherTests = [
  'doctor/environment-checks',
  'doctor/storage-checks',
  'doctor/postgres-checks',
  'doctor/embedded-server',
  'cli/doctor.slow',
].map((name) => readFileSync(new URL(`../${name}.test.ts`, import.meta.url), 'utf8'))

/** Pages of the console that doctor cannot check. */
const PATHS_WITHOUT_FINDING = [
  'Applications and Resources > Applications',
  'Applications and Resources > Applications > FakebookAuthCodeClient > Assignments',
  'Applications and Resources > Applications > FakeBook IDE > Assignments',
]

test('every console path in the page is known', () => {
  const known = new Set<string>([
    ...Object.values(FINDINGS).map(({ where }) => String(where).replace('{server}', 'default')),
    ...PATHS_WITHOUT_FINDING,
  ])
  const named = [...prose.matchAll(/\*\*([^*]+ > [^*]+)\*\*/g)].map(([, path = '']) =>
    path.replace(/\s+/g, ' '),
  )
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((path) => !known.has(path))).toEqual([])
})

test('every finding id in the page exists, and every finding about Okta is in the page', () => {
  const named = new Set([...prose.matchAll(/\bD\d\d[a-z]\b/g)].map(([id]) => id))
  expect([...named].filter((id) => !Object.hasOwn(FINDINGS, id))).toEqual([])
  const inConsole = Object.entries(FINDINGS).filter(([id, { where }]) => where !== undefined && id < 'D30')
  expect(inConsole.map(([id]) => id).filter((id) => !named.has(id))).toEqual([])
})

test('every setting in the page exists', () => {
  const named = [...doc.matchAll(/\b(?:OKTA|WEBAPP|IDE|API)_[A-Z_]+\b/g)].map(([name]) => name)
  expect(named.filter((name) => !Object.hasOwn(SETTINGS, name))).toEqual([])
})

test('its links are relative and point to existing files', () => {
  const links = [...prose.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link)
  expect(links.filter((link) => /^\w+:|^\//.test(link) || !existsSync(join(dirname(DOC), link)))).toEqual([])
})

test.each(TRANSCRIPT_NAMES)('its transcript "%s" is the output of doctor', async (name) => {
  const block = new RegExp(`<!-- doctor: ${name} -->\\n\`\`\`\\n([\\s\\S]*?)\\n\`\`\``).exec(doc)?.[1]
  expect(block).toBe(await renderTranscript(name))
})

test('every finding has a test, and its id starts with the id of a check', () => {
  const tested = [
    ...[...SERVER_CASES, ...JOB_CASES, ...USER_CLIENT_CASES].flatMap(
      ({ expectedFindings }) => expectedFindings,
    ),
    ...PASTED_TOKEN_CASES.flatMap(({ expectedFindings }) => expectedFindings),
    ...otherTests.flatMap((text) => [...text.matchAll(/\bD\d\d[a-z]\b/g)].map(([id]) => id)),
  ]
  expect(Object.keys(FINDINGS).filter((id) => !tested.includes(id))).toEqual([])
  const checkIds = [...SETUP_CHECKS, ...TOKEN_CHECKS].map(({ id }) => id)
  expect(new Set(checkIds).size).toBe(checkIds.length)
  expect(Object.keys(FINDINGS).filter((id) => !checkIds.includes(id.slice(0, 3)))).toEqual([])
})
