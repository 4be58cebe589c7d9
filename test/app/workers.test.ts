import { expect, test } from '@jest/globals'
import { INVALID_WORKER_STARTS } from '../cases/app/invalid-worker-starts.ts'
import { runCli } from '../support/cli-process.ts'

test.each(INVALID_WORKER_STARTS)('$id rejects WORKERS: $title', async ({ command, settings, line }) => {
  const issuer = 'http://127.0.0.1:1/oauth2/default'
  const { status, stdout, stderr } = await runCli([command], { OKTA_ISSUER: issuer, PORT: '0', ...settings })
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(line)])
  expect(stderr.match(/WORKERS: /g)).toHaveLength(1)
})
