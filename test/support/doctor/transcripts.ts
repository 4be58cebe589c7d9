import { stripVTControlCharacters } from 'node:util'
import { createDoctorSetup } from '../../../src/app/doctor-setup.ts'
import { startAuthorizationServer } from '../../../src/authorization-server/server.ts'
import { formatReport } from '../../../src/cli/format-report.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { runSetupChecks } from '../../../src/doctor/setup-checks.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { findFreePort } from '../free-port.ts'
import { POLICY_EVALUATION_FAILED } from './okta-replies.ts'
import { startStubOkta } from './stub-okta.ts'

type Server = { readonly url: string; close(): Promise<void> }
type Ports = { readonly api: number; readonly webapp: number }

/** A set-up that docs/okta.md shows: a server, and the settings that doctor checks with it. */
type TranscriptSetup = {
  readonly startServer: (ports: Ports) => Promise<Server>
  readonly settings: (server: Server) => Record<string, string>
}

const startEmbedded =
  (scopes: readonly string[], redirect = '/callback') =>
  ({ api, webapp }: Ports) =>
    startAuthorizationServer({
      port: 0,
      dataFolder: undefined,
      limits: parseConfig({}).http,
      log: { error: () => undefined },
      clock: systemClock,
      audience: 'api://default',
      scopes,
      redirectUris: () => ({
        webapp: [`http://localhost:${webapp}${redirect}`],
        ide: [`http://localhost:${api}/graphql`],
      }),
    })

const portOf = (url: string) => new URL(url).port
const ALL_SCOPES = ['fakebookapi.read', 'fakebookapi.admin']
const OKTA_CLIENTS = {
  OKTA_CLIENT_ID: '0oa1fakebookcron',
  OKTA_CLIENT_SECRET: 'job-secret',
  WEBAPP_CLIENT_ID: '0oa1webapp',
  WEBAPP_CLIENT_SECRET: 'web-secret',
  IDE_CLIENT_ID: '0oaide',
}

const SETUPS = {
  good: { startServer: startEmbedded(ALL_SCOPES), settings: ({ url }) => ({ ISSUER_PORT: portOf(url) }) },
  org: {
    startServer: startEmbedded(ALL_SCOPES),
    settings: ({ url }) => ({ ...OKTA_CLIENTS, OKTA_ISSUER: new URL(url).origin }),
  },
  app: {
    startServer: startEmbedded(['fakebookapi.read'], ''),
    settings: ({ url }) => ({
      ISSUER_PORT: portOf(url),
      OKTA_CLIENT_ID: 'fakebook-cron-dpop',
      OKTA_CLIENT_SECRET: 'fakebook-cron-dpop-secret',
    }),
  },
  policy: {
    async startServer() {
      const okta = await startStubOkta()
      okta.state.overrides = {
        token: (form) =>
          form.get('grant_type') === 'client_credentials' ? POLICY_EVALUATION_FAILED : undefined,
      }
      return okta
    },
    settings: ({ url }) => ({ ...OKTA_CLIENTS, OKTA_ISSUER: url }),
  },
} as const satisfies Record<string, TranscriptSetup>

export const TRANSCRIPT_NAMES = Object.keys(SETUPS) as readonly (keyof typeof SETUPS)[]

/** Returns doctor's output for a set-up, with the default ports in place of the ephemeral ones. */
export async function renderTranscript(name: keyof typeof SETUPS): Promise<string> {
  const { startServer, settings }: TranscriptSetup = SETUPS[name]
  const ports = { api: await findFreePort(), webapp: await findFreePort() }
  const server = await startServer(ports)
  const config = parseConfig({
    PORT: String(ports.api),
    WEBAPP_PORT: String(ports.webapp),
    DATABASE_URL: 'file::memory:',
    ...settings(server),
  })
  const lines = await runSetupChecks(createDoctorSetup(config, { nodeVersion: '26.10.0' }))
  await server.close()
  return stripVTControlCharacters(formatReport(lines))
    .replaceAll(String(ports.api), '4000')
    .replaceAll(String(ports.webapp), '7001')
    .replaceAll(portOf(server.url), '4400')
}
