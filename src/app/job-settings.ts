import { EMBEDDED_JOB_CLIENT } from '../authorization-server/clients-and-users.ts'
import type { JobSettings } from '../clients/job/send-document.ts'
import { type Config, InvalidSettingsError } from '../config/config.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './public-urls.ts'
import { isRemote } from './required-settings.ts'

/** Returns the settings of the job. @throws InvalidSettingsError with a remote issuer and no client of the job's own */
export function resolveJobSettings(config: Config): JobSettings {
  const { issuer = embeddedIssuerUrl(config), jobClient } = config
  if (isRemote(issuer) && jobClient === undefined)
    throw new InvalidSettingsError([
      'OKTA_CLIENT_ID and OKTA_CLIENT_SECRET: must be set with this OKTA_ISSUER.',
    ])
  return { issuer, apiUrl: resolvePublicUrls(config).api, client: jobClient ?? EMBEDDED_JOB_CLIENT }
}
