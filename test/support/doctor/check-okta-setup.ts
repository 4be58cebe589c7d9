import { createDoctorSetup } from '../../../src/app/doctor-setup.ts'
import { parseConfig } from '../../../src/config/config.ts'
import type { ReportLine } from '../../../src/doctor/run-checks.ts'
import { runSetupChecks } from '../../../src/doctor/setup-checks.ts'
import type { Clock } from '../../../src/lib/clock.ts'

export const CLIENT_SECRETS = ['job-secret-hunter2/+', 'web-secret-hunter2=&'] as const

/** Settings that match the stub in its default configuration, with no fixed ports. */
const settingsFor = (url: string) => ({
  OKTA_ISSUER: url,
  OKTA_CLIENT_ID: '0oajob',
  OKTA_CLIENT_SECRET: CLIENT_SECRETS[0],
  WEBAPP_CLIENT_ID: '0oaweb',
  WEBAPP_CLIENT_SECRET: CLIENT_SECRETS[1],
  WEBAPP_REDIRECT_URI: 'http://localhost:7001/callback',
  IDE_CLIENT_ID: '0oaide',
  API_URL: 'http://localhost:4000',
  PORT: '0',
  WEBAPP_PORT: '0',
  DATABASE_URL: 'file::memory:',
})

type Options = { readonly clock?: Clock; readonly timeoutMs?: number; readonly nodeVersion?: string }

/** Runs doctor's checks against a server, with settings that match it but for the given ones. */
export function checkOktaSetup(
  { url }: { readonly url: string },
  settings: Readonly<Record<string, string>> = {},
  options: Options = {},
): Promise<readonly ReportLine[]> {
  const config = parseConfig({ ...settingsFor(url), ...settings })
  return runSetupChecks(createDoctorSetup(config, options))
}

/** Returns the ids of failures and warnings. */
export const problemIds = (lines: readonly ReportLine[]) =>
  lines.filter(({ status }) => status === 'failed' || status === 'warning').map(({ id }) => id)
