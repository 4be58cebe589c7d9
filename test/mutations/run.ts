// `npm run mutate`: puts each fault into a copy of the project, one at a time, and runs the tests of the scope engine.
// A fault that no test notices has survived. Exit status: 0 none survived, 1 some did.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FAULTS, type Fault } from './faults.ts'

const ROOT = join(import.meta.dirname, '../..')
const COPIES = 2
const TESTS = ['test/scopes/', 'test/api/locks.test.ts']

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
function passes(copy: string): Promise<boolean> {
  const child = spawn('npm', ['test', '--silent', '--', '--bail', '--runInBand', '--forceExit', ...TESTS], {
    cwd: copy,
    env: { ...process.env, CASES: '400', SEED: '1' },
    stdio: 'ignore',
  })
  return new Promise((done) => child.once('exit', (status) => done(status === 0)))
}

async function survives(copy: string, [file, right, wrong]: Fault): Promise<boolean> {
  const path = join(copy, 'src/scopes', `${file}.ts`)
  const text = readFileSync(path, 'utf8')
  if (text.split(right).length !== 2) throw new Error(`${file}: "${right}" does not stand there once`)
  writeFileSync(
    path,
    text.replace(right, () => wrong),
  )
  const survived = await passes(copy)
  writeFileSync(path, text)
  return survived
}

const copies = Array.from({ length: COPIES }, copyOfTheProject)
try {
  if (!(await passes(copies[0] ?? ''))) throw new Error('the tests fail without any fault')
  const waiting = FAULTS.filter(([file]) => process.argv.length < 3 || process.argv.includes(file))
  const total = waiting.length
  const survivors: Fault[] = []
  const work = async (copy: string) => {
    for (let fault = waiting.shift(); fault; fault = waiting.shift())
      if (await survives(copy, fault)) survivors.push(fault)
  }
  await Promise.all(copies.map(work))
  for (const [file, right, wrong] of survivors)
    console.log(`survived  ${file}: ${right}  ->  ${wrong || '(left out)'}`)
  console.log(`${total - survivors.length} of ${total} faults were noticed.`)
  process.exitCode = survivors.length > 0 ? 1 : 0
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true })
}
