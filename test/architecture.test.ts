// The frame holds only as long as somebody looks: who may import whom, one room per library, no cycles.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { LIBRARIES } from './cases/libraries.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
    .map((name) => posix.join(folder, name))

const IMPORT = /(?:from|import)\s*\(?\s*'([^']+)'/g
const importsOf = (file: string) => [...read(file).matchAll(IMPORT)].map((match) => match[1] ?? '')
const own = (file: string) =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(dirname(file), name))

const sources = filesIn('src').filter((file) => !file.startsWith('src/generated/'))
/** `src/token/verify.ts` is in `token`; a file of src itself is a room of its own. */
const roomOf = (file: string) => file.split('/')[1]?.replace(/\.tsx?$/, '') ?? ''

/** Room, what it may import beside itself, why no more. */
const DIRECTION: readonly (readonly [room: string, may: readonly string[], why: string])[] = [
  ['token', ['refusal', 'reasons', 'clock'], 'who calls is settled without knowing what is asked'],
  ['scopes', ['refusal'], 'the engine is pure: it can be lifted out'],
  ['executor', [], 'it answers what it is asked, whoever asks'],
  ['store', ['refusal', 'room'], 'what is kept does not know who asks'],
  ['http', ['exchange', 'connections', 'rate-limit', 'log'], 'bytes come and go whatever they mean'],
  [
    'api',
    [
      'token',
      'scopes',
      'executor',
      'store',
      'refusal',
      'refusal-details',
      'redact',
      'exchange',
      'around',
      'rate-limit',
      'generated',
    ],
    'the corridor joins the rooms, and knows no socket',
  ],
  ['issuer', ['clock', 'secret-file'], 'it stands in for another company’s server'],
  ['job', ['generated', 'asked-scopes', 'clock'], 'a client talks HTTP, as a stranger does'],
  [
    'webapp',
    ['generated', 'asked-scopes', 'connections', 'log', 'room', 'secret-file'],
    'a person’s client talks HTTP too; what it keeps is handed to it',
  ],
  ['ide', ['scopes'], 'a page talks HTTP; its padlocks are decided on by the engine itself, which is pure'],
  ['ide-files', [], 'what was built of it'],
  ['doctor', ['clock'], 'it asks as a stranger does; what the server’s rooms know is handed to it'],
  ['refusal', ['reasons', 'refusal-details'], 'everybody says no in the same words'],
  ['refusal-details', ['reasons'], 'what a no is made of'],
  ['reasons', [], 'a table'],
  ['clock', [], 'time, as a room is given it'],
  ['metrics', ['exchange'], 'numbers, of whatever the exchange and its parts tell'],
  ['tracing', ['exchange', 'around', 'refusal'], 'spans around what the exchange and its steps are'],
  ['around', [], 'what may be put around a step, whoever does it'],
  ['version', [], 'what is told of the product’s release'],
  ['repeated', ['clock'], 'what is done now and then, whatever it is'],
  ['redis', ['token', 'refusal'], 'one of the memories that the token room can be given'],
  ['rate-limit', ['clock'], 'how often somebody asks, whoever it is'],
  ['exchange', [], 'a request without a framework'],
  ['log', ['connections', 'exchange', 'redact', 'trace-context'], 'servers that log alike are read together'],
  ['cluster', ['clock', 'life', 'log'], 'how processes start, talk and end, whatever it is that they serve'],
  [
    'common',
    ['metrics', 'rate-limit', 'token'],
    'what several processes have in common, in the rooms’ own words',
  ],
  ['life', ['log'], 'how a process ends is one thing for all that run in it'],
  ['redact', [], 'what is no secret is said wherever it is written'],
  ['trace-context', [], 'a header that any server may be sent'],
  ['audit', ['exchange', 'redact'], 'what was done is told by whom, whatever was answered'],
  ['connections', [], 'what a connection may take is one thing at every server of ours'],
  ['asked-scopes', [], 'what a typed client knows of scopes, whoever it is'],
  ['room', [], 'a place for what expires, whoever keeps it'],
  ['secret-file', [], 'a file for its owner’s eyes, whatever is in it'],
  ['config', ['settings', 'effective', 'otel'], 'settings are read before anything is built'],
  ['settings', ['setting', 'bounds', 'otel'], 'a table'],
  ['effective', ['settings', 'setting', 'given'], 'what is set, before anybody uses it'],
  ['manifests', ['effective'], 'files of documents, whoever runs them'],
  ['given', ['setting'], 'names and files, whatever is set by them'],
  ['bounds', ['setting'], 'half of it'],
  ['otel', ['setting'], 'a part of it, by OpenTelemetry’s names'],
  ['setting', [], 'what may stand in a row of it'],
  ['schema', [], 'the schema’s text is common ground'],
]
test.each(DIRECTION)('%s imports only %j: %s', (room, may) => {
  const strangers = sources
    .filter((file) => roomOf(file) === room)
    .flatMap((file) => own(file).map((target) => [file, target] as const))
    .filter(([, target]) => roomOf(target) !== room && !may.includes(roomOf(target)))
  expect(strangers).toEqual([])
})

test('every room has its line above, but those that put the rooms together', () => {
  const joiners = [
    'main',
    'start-all',
    'start-api',
    'start-checks',
    'start-common',
    'start-metrics',
    'start-issuer',
    'start-primary',
    'start-token',
    'start-webapp',
    'start-worker',
    'start-workers',
    'start-doctor',
    'doctor-setup',
    'doctor-tools',
    'scopes-command',
    'settings-command',
    'job-command',
    'tour',
  ]
  const known = new Set([...DIRECTION.map(([room]) => room), ...joiners])
  expect([...new Set(sources.map(roomOf))].filter((room) => !known.has(room))).toEqual([])
})

test.each(LIBRARIES)('%s is known in %j alone', (library, rooms) => {
  const users = sources.filter((file) =>
    importsOf(file).some((name) => name === library || name.startsWith(`${library}/`)),
  )
  expect(users.length).toBeGreaterThan(0)
  expect(users.filter((file) => !rooms.includes(roomOf(file)))).toEqual([])
})

test('every library has its line above', () => {
  const known = new Set<string>(LIBRARIES.map(([library]) => library))
  const foreign = sources.flatMap(importsOf).filter((name) => !/^(?:\.|node:(?!sqlite))/.test(name))
  const library = (name: string) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/')
  expect([...new Set(foreign.map(library))].filter((name) => !known.has(name))).toEqual([])
})

test('the scope engine does no I/O: what it decides depends on what it is given', () => {
  const engine = sources.filter((file) => roomOf(file) === 'scopes')
  expect(engine.flatMap(importsOf).filter((name) => name.startsWith('node:'))).toEqual([])
})

test('the environment is read in one place: a setting that is not in the table does not exist', () => {
  expect(sources.filter((file) => /process\.env|loadEnvFile/.test(read(file)))).toEqual(['src/config.ts'])
})

test('no file imports itself by a detour', () => {
  const done = new Set<string>()
  const visit = (file: string, above: readonly string[]): readonly string[] | undefined => {
    if (above.includes(file)) return [...above.slice(above.indexOf(file)), file]
    if (done.has(file) || !/\.tsx?$/.test(file)) return undefined
    for (const next of own(file)) {
      const cycle = visit(next, [...above, file])
      if (cycle) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of sources) expect(visit(file, [])).toBeUndefined()
})

test('no file is longer than 200 lines, half of them not longer than 80', () => {
  const length = (file: string) => read(file).split('\n').length - 1
  const all = [...sources, ...filesIn('test'), ...filesIn('codegen'), ...filesIn('bench')]
  expect(all.filter((file) => length(file) > 200)).toEqual([])
  const sorted = sources.map(length).sort((a, b) => a - b)
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(80)
})

test('the map in docs/architecture.md names every room', () => {
  const map = read('docs/architecture.md')
  const rooms = [
    ...new Set(
      filesIn('src')
        .filter((file) => file.split('/').length > 2)
        .map(roomOf),
    ),
  ]
  expect(rooms.filter((room) => !map.includes(`src/${room}/`))).toEqual([])
})
