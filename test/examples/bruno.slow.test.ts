// Runs the Bruno collection with Bruno's command line, which is too large for a package of this project: 508 packages. It
// is installed into a temporary folder; without a registry the tests are skipped, and CI fails on skipped tests.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { REDIRECT_URI, signIn } from '../support/authorization-server/oauth-client.ts'
import { copyExample, runCommand } from '../support/examples/run-example.ts'
import { type Service, startService } from '../support/service.ts'

const folder = copyExample('bruno')
const INSTALL = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
// The environment can have the address of a registry or of a proxy.
const installed = await runCommand(folder, [...INSTALL, '--fetch-retries=1'], process.env)
if (installed.status !== 0) console.log(`Bruno is not installed: ${installed.stderr}`)
const testWithBruno = installed.status === 0 ? test : test.skip

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

type Report = {
  readonly summary: Readonly<Record<string, number>>
  readonly results: readonly { readonly name: string; readonly status: string }[]
}

/** Runs the collection with the addresses of the service. */
async function runCollection(changes: Readonly<Record<string, string>> = {}) {
  const report = join(folder, 'report.json')
  const variables = { api: service.apiUrl, issuer: service.issuerUrl, ...changes }
  const options = Object.entries(variables).flatMap(([name, value]) => ['--env-var', `${name}=${value}`])
  const command = ['npm', 'start', '--', '--reporter-json', report, ...options]
  const { status, stdout } = await runCommand(folder, command)
  const [{ summary, results }] = JSON.parse(readFileSync(report, 'utf8')) as [Report]
  return { status, stdout, summary, skipped: results.filter((one) => one.status === 'skipped').length }
}

/** Signs a user in with the URL of the collection's request, without PKCE, and returns the code. */
async function getCode(): Promise<string> {
  const request = readFileSync(join(folder, '9-authorize.bru'), 'utf8')
  const [, query = ''] = /authorize\?(.*)/.exec(request) ?? []
  const values = { webappClientId: 'fakebook-webapp', redirectUri: REDIRECT_URI }
  const resolved = query.replace(/\{\{(\w+)\}\}/g, (_, name) => Object(values)[name])
  const parameters = Object.fromEntries(new URLSearchParams(resolved))
  const none = { code_challenge: '', code_challenge_method: '' }
  const { code = '', state } = await signIn(service.issuerUrl, { ...none, ...parameters })
  expect(state).toBe('state123')
  return code
}

testWithBruno('examples/B01 the collection passes twice, without the code of a user', async () => {
  for (let run = 1; run <= 2; run++) {
    const { status, stdout, summary, skipped } = await runCollection()
    expect({ status, stdout, skipped }).toEqual({ status: 0, stdout: expect.any(String), skipped: 2 })
    expect(summary).toMatchObject({
      totalRequests: 11,
      failedRequests: 0,
      failedAssertions: 0,
      failedTests: 0,
    })
    expect(summary.passedAssertions).toBeGreaterThan(25)
  }
})

testWithBruno('examples/B02 the code of a signed-in user is exchanged, and its token reads', async () => {
  const { status, summary, skipped } = await runCollection({ code: await getCode() })
  expect({ status, skipped }).toEqual({ status: 0, skipped: 0 })
  expect(summary).toMatchObject({ passedRequests: 11, failedAssertions: 0 })
})

testWithBruno('examples/B03 the run fails when a response differs from the assertions', async () => {
  const { status, summary } = await runCollection({ clientSecret: 'wrong' })
  expect([status, summary.failedRequests]).toEqual([1, expect.any(Number)])
})
