// `npm run mutate`: puts each fault into a copy of the project, one at a time, and runs the tests of the room that it is
// in. A fault that no test notices has survived. `npm run mutate -- token` takes one room, `-- dpop` one file.
// Exit status: 0 none survived, 1 some did.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AUTH_MUTATIONS } from './auth-mutations.ts'
import { EXECUTOR_MUTATIONS } from './executor-mutations.ts'
import { SCOPES_MUTATIONS } from './scopes-mutations.ts'

/** A file of the room, a piece of it that stands there once, and what a tired maintainer might write instead. */
export type SourceMutation = readonly [file: string, right: string, wrong: string]

const ROOT = join(import.meta.dirname, '../..')
const COPIES = 2

const ROOMS: readonly (readonly [
  room: string,
  faults: readonly SourceMutation[],
  tests: readonly string[],
])[] = [
  ['scopes', SCOPES_MUTATIONS, ['test/scopes/', 'test/graphql/requires-scope.test.ts']],
  ['executor', EXECUTOR_MUTATIONS, ['test/executor/', 'test/graphql/compiled-execution.test.ts']],
  [
    'auth',
    AUTH_MUTATIONS,
    [
      'test/auth/(?!issuer-outages)',
      'test/observability/metrics/token-metrics.test.ts',
      'test/http/protocol-errors.test.ts',
    ],
  ],
]
type Planted = { readonly room: string; readonly fault: SourceMutation; readonly tests: readonly string[] }

function copyOfTheProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'fakebook-mutations-'))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  // A file that was deleted and not yet committed is listed all the same.
  const there = files.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)))
  for (const file of there) cpSync(join(ROOT, file), join(copy, file))
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Whether the tests pass. The random ones take one seed, so that a run can be repeated. */
function passes(copy: string, tests: readonly string[]): Promise<boolean> {
  const child = spawn('npm', ['test', '--silent', '--', '--bail', '--runInBand', '--forceExit', ...tests], {
    cwd: copy,
    env: { ...process.env, CASES: '400', SEED: '1' },
    stdio: 'ignore',
  })
  return new Promise((done) => child.once('exit', (status) => done(status === 0)))
}

async function survives(
  copy: string,
  { room, fault: [file, right, wrong], tests }: Planted,
): Promise<boolean> {
  const path = join(copy, 'src', room, `${file}.ts`)
  const text = readFileSync(path, 'utf8')
  if (text.split(right).length !== 2) throw new Error(`${file}: "${right}" does not stand there once`)
  writeFileSync(
    path,
    text.replace(right, () => wrong),
  )
  const survived = await passes(copy, tests)
  writeFileSync(path, text)
  return survived
}

const asked = process.argv.slice(2)
const waiting = ROOMS.flatMap(([room, faults, tests]) =>
  faults.map((fault): Planted => ({ room, fault, tests })),
).filter(({ room, fault: [file] }) => asked.length === 0 || asked.includes(room) || asked.includes(file))
const copies = Array.from({ length: COPIES }, copyOfTheProject)
try {
  for (const [room, , tests] of ROOMS)
    if (waiting.some((planted) => planted.room === room) && !(await passes(copies[0] ?? '', tests)))
      throw new Error(`the tests of ${room} fail without any fault`)
  const total = waiting.length
  const survivors: Planted[] = []
  const work = async (copy: string) => {
    for (let planted = waiting.shift(); planted; planted = waiting.shift())
      if (await survives(copy, planted)) survivors.push(planted)
  }
  await Promise.all(copies.map(work))
  for (const { room, fault } of survivors)
    console.log(`survived  ${room}/${fault[0]}: ${fault[1]}  ->  ${fault[2] || '(left out)'}`)
  console.log(`${total - survivors.length} of ${total} faults were noticed.`)
  process.exitCode = survivors.length > 0 ? 1 : 0
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true })
}
