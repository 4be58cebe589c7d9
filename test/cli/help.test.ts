import { expect, test } from '@jest/globals'
import { runCli } from '../support/cli-process.ts'

/** Runs `--help` of a command and of its subcommands. */
async function readHelpTexts(command: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, stderr } = await runCli([...command, '--help'])
  expect([command, status, stderr]).toEqual([command, 0, ''])
  const names = [...stdout.matchAll(/^ {2}([a-z][a-z-]*)[ |]/gm)].map(([, name = '']) => name)
  const subcommands = names.filter((name) => name !== 'help' && name !== 'npm')
  const texts = await Promise.all(subcommands.map((name) => readHelpTexts([...command, name])))
  return [stdout, ...texts.flat()]
}

test('prints the help of every command within 80 columns, without colors in a pipe', async () => {
  const texts = await readHelpTexts([])
  expect(texts.length).toBeGreaterThan(15)
  const lines = texts.flatMap((text) => text.split('\n'))
  expect(lines.filter((line) => line.length > 80 || line.includes('\u001b'))).toEqual([])
  const usages = lines.filter((line) => line.startsWith('Usage: ')).map((line) => line.split(' -- ')[1])
  expect(usages).toContain('import [options] <file>')
})

test('colors headings with FORCE_COLOR, and not with NO_COLOR', async () => {
  const colored = await runCli(['job', '--help'], { FORCE_COLOR: '1' })
  expect(colored.stdout).toContain('\u001b[1mUsage:\u001b[22m npm run job -- ')
  expect((await runCli(['job', '--help'], { NO_COLOR: '1' })).stdout).toMatch(/^Usage: npm run job -- /)
})

test('suggests a command with a similar name, and --help', async () => {
  expect(await runCli(['job', 'lsit'])).toEqual({
    status: 2,
    stdout: '',
    stderr:
      "error: unknown command 'lsit'\n(Did you mean list?)\nRun the command with --help to see its usage.\n",
  })
})
