import { EMBEDDED_JOB_CLIENT } from '../authorization-server/clients-and-users.ts'
import type { JobSettings } from '../clients/job/send-document.ts'
import type { Config } from '../config/config.ts'
import { embeddedIssuerUrl, resolvePublicUrls } from './public-urls.ts'

/** Returns the settings of the job. `JOB_RULES` makes sure that a remote issuer does not get the embedded secret. */
export function resolveJobSettings(config: Config): JobSettings {
  const { issuer = embeddedIssuerUrl(config), jobClient } = config
  return { issuer, apiUrl: resolvePublicUrls(config).api, client: jobClient ?? EMBEDDED_JOB_CLIENT }
}
