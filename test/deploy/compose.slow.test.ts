// Runs the services of compose.yaml on this machine, with other ports and the databases of the tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, expect, test } from '@jest/globals'
import { runCli, spawnCli } from '../support/cli-process.ts'
import { createPostgresDatabase, describePostgres } from '../support/databases.ts'
import { parseImageConfig } from '../support/deploy/dockerfile.ts'
import { demoFile } from '../support/deploy/manifests.ts'
import { findFreePort } from '../support/free-port.ts'
import { requestToken } from '../support/request-token.ts'
import { postBody, READ_SCOPE } from '../support/service.ts'
import { REDIS_URL, testWithRedis } from '../support/test-with-redis.ts'
import { waitUntil } from '../support/wait-until.ts'
import { createWebClient } from '../support/webapp/web-client.ts'

const environment = {
  ...parseImageConfig().env,
  ...(demoFile.at('services', 'fakebook', 'environment').value as Record<string, string>),
}
const [command = ''] = demoFile.at('services', 'fakebook', 'command').items.map(({ text }) => text)
const forwarder = demoFile.at('services', 'authorization-server-port')

let forwarding: ChildProcess | undefined
afterAll(() => {
  forwarding?.kill('SIGKILL')
})

/** Runs the forwarder's program between two other ports, and waits until its health check passes. */
async function startForwarder(issuerPort: string): Promise<string> {
  const port = String(await findFreePort())
  const withPorts = (text: string) => text.replaceAll('4400', issuerPort).replaceAll('4401', port)
  const [, ...program] = forwarder.at('entrypoint').items.map(({ text }) => withPorts(text))
  forwarding = spawn(process.execPath, program, { stdio: 'inherit' })
  const [, , ...check] = forwarder.at('healthcheck', 'test').items.map(({ text }) => withPorts(text))
  await waitUntil(
    () =>
      new Promise((resolve) => {
        spawn(process.execPath, check).on('close', (status) => resolve(status === 0))
      }),
  )
  return port
}

describePostgres('with the databases of the tests', () => {
  testWithRedis(
    'deploy/D87 everything starts, and a token can be requested through the published port',
    async () => {
      const ports = {
        PORT: String(await findFreePort()),
        ISSUER_PORT: String(await findFreePort()),
        WEBAPP_PORT: String(await findFreePort()),
      }
      const databases = { DATABASE_URL: await createPostgresDatabase(), REDIS_URL }
      const demo = spawnCli([command], { ...environment, ...databases, ...ports })
      await demo.waitForOutput(/Web app/)
      const issuer = `http://localhost:${await startForwarder(ports.ISSUER_PORT)}/oauth2/default`
      const { json } = await postBody(
        `http://localhost:${ports.PORT}/graphql`,
        '{"query":"{ book(id: 1) { title } }"}',
        await requestToken(issuer, READ_SCOPE),
      )
      expect(json.data).toEqual({ book: { title: 'And Then There Were None' } })
      const { text } = await createWebClient(`http://localhost:${ports.WEBAPP_PORT}`).signIn()
      expect(text).toContain('And Then There Were None')
      demo.child.kill('SIGTERM')
      expect(await demo.exited).toBe(0)
    },
  )
})

test('deploy/D88 production refuses the embedded authorization server', async () => {
  const settings = { ...environment, NODE_ENV: 'production', DATABASE_URL: 'file::memory:' }
  const { status, stderr } = await runCli([command], settings)
  expect([status, stderr]).toEqual([2, expect.stringContaining('OKTA_ISSUER: must be set in production')])
})
