import { afterAll, beforeAll } from '@jest/globals'
import { runCli, spawnCli } from '../cli-process.ts'
import { findFreePort } from '../free-port.ts'
import { requestToken } from '../request-token.ts'

/** Chooses free ports for the embedded authorization server, the web app and the API. */
export const choosePorts = async () => ({
  ISSUER_PORT: String(await findFreePort()),
  WEBAPP_PORT: String(await findFreePort()),
  PORT: String(await findFreePort()),
})

/** Starts the embedded authorization server for the tests of a file, and returns functions to run doctor beside it. */
export function useDoctorProcess() {
  let issuer: ReturnType<typeof spawnCli>
  let ports: Record<string, string>
  let url = ''
  beforeAll(async () => {
    ports = await choosePorts()
    issuer = spawnCli(['issuer'], ports)
    url = await issuer.waitForAddress('authorizationServer')
  })
  afterAll(async () => {
    issuer.child.kill('SIGTERM')
    await issuer.exited
  })
  return {
    /** Without OKTA_ISSUER in the settings, doctor checks the embedded server and its clients. */
    runDoctor: (args: readonly string[], settings: Record<string, string> = {}, input?: string) =>
      runCli(['doctor', ...args], { ...ports, ...settings }, input),
    requestToken: () => requestToken(url, 'fakebookapi.read'),
  }
}
