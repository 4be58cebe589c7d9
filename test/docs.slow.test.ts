// Runs shell commands from README and docs and compares their output.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { DOC_PAGES, readPage } from './support/doc-pages.ts'
import { PROJECT_ROOT } from './support/project-root.ts'
import { startService } from './support/service.ts'

const run = promisify(execFile)

/** A `$ command` and its output, up to an empty line. */
const EXPLAIN = /^\$ (npm run scopes -- explain .+)\n([\s\S]+?)(?=\n\n|\n```)/gm
const EXAMPLES = DOC_PAGES.flatMap((page) =>
  [...readPage(page).matchAll(EXPLAIN)].map(([, command = '', output = '']) => ({ page, command, output })),
)
test.each(EXAMPLES)('$page: $command prints the output below it', async ({ command, output }) => {
  const silent = command.replace('npm run', 'npm run --silent')
  // The command exits with 1 for an operation that is not allowed.
  const { stdout } = await run('bash', ['-c', `${silent} || true`], { cwd: PROJECT_ROOT })
  expect(stdout.trim()).toBe(output)
})

test('docs/using.md: the curl command with an idempotency key can be repeated', async () => {
  const [, script = ''] = /```sh\n(TOKEN=[\s\S]*?)\n```/.exec(readPage('docs/using.md')) ?? []
  const service = await startService()
  const [requestToken, addBook] = script
    .replace('http://localhost:4400/oauth2/default', service.issuerUrl)
    .replace('http://localhost:4000', service.apiUrl)
    .split(/\n(?=curl )/)
  const { stdout } = await run('bash', ['-c', `${requestToken}\n${addBook}\necho\n${addBook}`])
  expect(stdout.match(/^HTTP\/1.1 201/gm)).toHaveLength(2)
  expect(stdout.match(/^location: \/books\/6\r$/gm)).toHaveLength(2)
  await service.close()
})
