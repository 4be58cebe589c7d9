// What the README tells people to type works as it stands, but for the ports.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { startService } from './service.ts'

const run = promisify(execFile)
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('a write that is sent again', async () => {
  const [, lines = ''] = /```sh\n(TOKEN=[\s\S]*?)\n```/.exec(readme) ?? []
  const service = await startService()
  const here = lines
    .replace('http://localhost:4400/oauth2/default', service.issuer)
    .replace('http://localhost:4000', service.api)
  const [token, write] = here.split(/\n(?=curl )/)
  const { stdout: out } = await run('bash', ['-c', `${token}\n${write}\necho\n${write}`])
  expect(out.match(/^HTTP\/1.1 201/gm)).toHaveLength(2)
  expect(out.match(/^location: \/books\/6\r$/gm)).toHaveLength(2)
  await service.close()
})
