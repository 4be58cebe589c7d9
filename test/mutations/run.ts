// `npm run mutate` applies each mutation to a copy of the project, one at a time, and runs the tests of its suite.
// A mutation survives if no test fails. `npm run mutate -- auth` runs one suite, `npm run mutate -- dpop` one file.
// Exit status: 0 if no mutation survived, 1 otherwise.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MUTATION_SUITES, type MutationSuite } from './mutation-suites.ts'
import type { SourceMutation } from './source-mutation.ts'

const ROOT = join(import.meta.dirname, '../..')
const COPIES = 2
/** A mutation that makes a test run for longer is noticed: it is an endless loop. */
const MAX_TEST_MS = 300_000

type SuiteMutation = { readonly suite: MutationSuite; readonly mutation: SourceMutation }

function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'fakebook-mutations-'))
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  // A deleted file is listed until the deletion is committed.
  const files = output.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)))
  for (const file of files) cpSync(join(ROOT, file), join(copy, file))
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/**
 * Runs test files and returns true if they pass. Random tests get a fixed seed, so that a run is repeatable. `npm test` would
 * also build the IDE again after every mutation of its sources.
 */
function runTests(copy: string, paths: readonly string[], isSlow: boolean): Promise<boolean> {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js']
  const child = spawn(process.execPath, [...jest, '--silent', '--bail', '--runInBand', ...paths], {
    cwd: copy,
    env: { ...process.env, TEST_SLOW: isSlow ? '1' : '', CASES: '400', SEED: '1' },
    stdio: 'ignore',
    timeout: MAX_TEST_MS,
  })
  return new Promise((resolve) => child.once('exit', (status) => resolve(status === 0)))
}

async function passes(copy: string, { tests, slowTests }: MutationSuite): Promise<boolean> {
  if (!(await runTests(copy, tests, false))) return false
  return slowTests === undefined || runTests(copy, slowTests, true)
}

async function survives(copy: string, { suite, mutation }: SuiteMutation): Promise<boolean> {
  const { file, find, replace } = mutation
  const path = join(copy, 'src', suite.folder, `${file}.ts`)
  const source = readFileSync(path, 'utf8')
  if (source.split(find).length !== 2) throw new Error(`${file}.ts must contain "${find}" exactly once`)
  writeFileSync(
    path,
    source.replace(find, () => replace),
  )
  const survived = await passes(copy, suite)
  writeFileSync(path, source)
  return survived
}

const names = process.argv.slice(2)
const queue = MUTATION_SUITES.flatMap((suite) =>
  suite.mutations.map((mutation): SuiteMutation => ({ suite, mutation })),
).filter(
  ({ suite, mutation }) =>
    names.length === 0 || names.includes(suite.folder) || names.includes(mutation.file),
)
const total = queue.length
const copies = Array.from({ length: COPIES }, copyProject)
try {
  for (const suite of new Set(queue.map((entry) => entry.suite)))
    if (!(await passes(copies[0] ?? '', suite)))
      throw new Error(`The tests of ${suite.folder} fail without a mutation.`)
  const survivors: SuiteMutation[] = []
  const runQueue = async (copy: string) => {
    for (let next = queue.shift(); next; next = queue.shift())
      if (await survives(copy, next)) survivors.push(next)
  }
  await Promise.all(copies.map(runQueue))
  for (const { suite, mutation } of survivors)
    console.log(
      `survived: ${suite.folder}/${mutation.file}: ${mutation.find}  ->  ${mutation.replace || '(removed)'}`,
    )
  console.log(`${total - survivors.length} of ${total} mutations were noticed.`)
  process.exitCode = survivors.length > 0 ? 1 : 0
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true })
}
