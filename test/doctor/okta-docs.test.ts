// docs/okta.md leads through a console that nobody here can run: what can be held to is held to.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { SETTINGS } from '../../src/config/settings.ts'
import { CONSOLE_PATHS } from '../../src/doctor/console-paths.ts'
import { TOKEN_CHECKS } from '../../src/doctor/explain-token.ts'
import { FINDINGS } from '../../src/doctor/findings.ts'
import { SETUP_CHECKS } from '../../src/doctor/run-checks.ts'
import { JOB_CASES } from '../cases/doctor/job.ts'
import { PASTED_TOKEN_CASES } from '../cases/doctor/pasted-tokens.ts'
import { SERVER_CASES } from '../cases/doctor/server.ts'
import { USER_CLIENT_CASES } from '../cases/doctor/user-clients.ts'
import { renderTranscript, TRANSCRIPT_NAMES } from '../support/doctor/transcripts.ts'

const DOC = fileURLToPath(new URL('../../docs/okta.md', import.meta.url))
const doc = readFileSync(DOC, 'utf8')
const prose = doc.replace(/```[\s\S]*?```/g, '')
const machineTests = [
  'doctor/environment-checks',
  'doctor/storage-checks',
  'doctor/postgres-checks',
  'doctor/embedded-server',
  'cli/doctor',
].map((name) => readFileSync(new URL(`../${name}.test.ts`, import.meta.url), 'utf8'))

test('every place in the console that it names is one that doctor knows', () => {
  const known = new Set<string>(
    Object.values(CONSOLE_PATHS).map((place) => place.replace('{server}', 'default')),
  )
  const named = [...prose.matchAll(/\*\*([^*]+ > [^*]+)\*\*/g)].map(([, place = '']) =>
    place.replace(/\s+/g, ' '),
  )
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((place) => !known.has(place))).toEqual([])
})

test('every number that it names is a finding, and every finding about Okta is named', () => {
  const named = new Set([...prose.matchAll(/\bD\d\d[a-z]\b/g)].map(([id]) => id))
  expect([...named].filter((id) => !Object.hasOwn(FINDINGS, id))).toEqual([])
  const inConsole = Object.entries(FINDINGS).filter(([id, { where }]) => where !== undefined && id < 'D30')
  expect(inConsole.map(([id]) => id).filter((id) => !named.has(id))).toEqual([])
})

test('every setting that it names exists', () => {
  const named = [...doc.matchAll(/\b(?:OKTA|WEBAPP|IDE|API)_[A-Z_]+\b/g)].map(([name]) => name)
  expect(named.filter((name) => !Object.hasOwn(SETTINGS, name))).toEqual([])
})

test('its links are relative and lead somewhere', () => {
  const links = [...prose.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link)
  expect(links.filter((link) => /^\w+:|^\//.test(link) || !existsSync(join(dirname(DOC), link)))).toEqual([])
})

test.each(TRANSCRIPT_NAMES)('its transcript "%s" is what doctor prints', async (name) => {
  const block = new RegExp(`<!-- doctor: ${name} -->\\n\`\`\`\\n([\\s\\S]*?)\\n\`\`\``).exec(doc)?.[1]
  expect(block).toBe(await renderTranscript(name))
})

test('every finding has a row somewhere, and its number is that of its check', () => {
  const rows = [
    ...[...SERVER_CASES, ...JOB_CASES, ...USER_CLIENT_CASES].flatMap(
      ({ expectedFindings }) => expectedFindings,
    ),
    ...PASTED_TOKEN_CASES.flatMap(([, , , finds]) => finds),
    ...machineTests.flatMap((text) => [...text.matchAll(/\bD\d\d[a-z]\b/g)].map(([id]) => id)),
  ]
  expect(Object.keys(FINDINGS).filter((id) => !rows.includes(id))).toEqual([])
  const numbers = [...SETUP_CHECKS, ...TOKEN_CHECKS].map(({ id }) => id)
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(Object.keys(FINDINGS).filter((id) => !numbers.includes(id.slice(0, 3)))).toEqual([])
})
