import { expect, test } from '@jest/globals'
import { startStubIssuer } from '../support/stub-issuer.ts'
import { startWorkerProcesses, stopWorkerProcesses } from '../support/worker-processes.ts'

test('app/W50 the primary logs each warning once, and its workers none', async () => {
  const issuer = await startStubIssuer()
  const api = await startWorkerProcesses(issuer.url, {
    NODE_ENV: 'production',
    API_URL: 'https://books.example.com',
    LOG_FORMAT: 'json',
    LOG_LEVEL: 'info',
  })
  expect(await stopWorkerProcesses(api)).toBe(0)
  await issuer.close()
  const lines = api.text.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const warnings = lines.filter(({ level }) => level === 40)
  expect(warnings.map(({ worker, msg }) => [worker, msg.slice(0, msg.indexOf(':'))])).toEqual([
    [undefined, 'OKTA_ISSUER'],
    [undefined, 'RATE_LIMIT'],
  ])
})
