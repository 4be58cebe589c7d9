import { type Config, InvalidSettingsError } from '../config/config.ts'
import type { SettingRule } from '../config/resolve-settings.ts'
import type { SettingName } from '../config/settings.ts'

/** Hosts of Okta's organizations. An organization with a custom domain cannot be told from another vendor's issuer. */
const OKTA_HOST = /\.(?:okta\.com|oktapreview\.com|okta-emea\.com|okta-gov\.com|okta\.mil)$/
/** The path of a custom authorization server; `/oauth2/v1` belongs to the organization. */
const CUSTOM_SERVER_PATH = /^\/oauth2\/(?!v1$)[^/]+$/
const ISSUER_EXAMPLE = 'For example: OKTA_ISSUER=https://example.okta.com/oauth2/default'

const requiredInProduction = (names: readonly SettingName[], hint: string): SettingRule => ({
  names,
  error: `must be set in production${hint}`,
  isMet: (values, isProduction) => !isProduction || names.every((name) => values[name] !== undefined),
})

/** @param replacement a setting that makes up for one that is missing */
const requiredWithRemoteIssuer = (
  names: readonly SettingName[],
  hint: string,
  replacement?: SettingName,
): SettingRule => ({
  names,
  error: `must be set with this OKTA_ISSUER.${hint}`,
  isMet: (values) =>
    !isRemote(values.OKTA_ISSUER) ||
    names.every((name) => values[name] !== undefined) ||
    (replacement !== undefined && values[replacement] !== undefined),
})

/** The secrets of the embedded clients are public, so they are sent to an issuer on loopback only: http is allowed nowhere else. */
export const isRemote = (issuer: string | undefined) =>
  issuer !== undefined && URL.parse(issuer)?.protocol !== 'http:'

/** The embedded authorization server is for development. */
export const ISSUER_RULE = requiredInProduction(
  ['OKTA_ISSUER'],
  `; the embedded authorization server is for development. ${ISSUER_EXAMPLE}`,
)

/** The rules of the API, the web app and the job. */
export const API_RULES: readonly SettingRule[] = [
  ISSUER_RULE,
  {
    names: ['OKTA_ISSUER'],
    error: `must be a custom authorization server: access tokens of an Okta organization are for Okta's own APIs and cannot be verified here. ${ISSUER_EXAMPLE}`,
    isMet: ({ OKTA_ISSUER }, isProduction) => !isProduction || !isOktaOrganization(OKTA_ISSUER),
  },
  requiredInProduction(
    ['API_URL'],
    ' to the URL that clients call: metadata names it, DPoP proofs contain it, and tokens are sent to it. For example: API_URL=https://books.example.com',
  ),
]

export const JOB_RULES: readonly SettingRule[] = [
  ...API_RULES,
  requiredWithRemoteIssuer(
    ['OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET'],
    ' OKTA_CLIENT_PRIVATE_KEY may replace the secret.',
    'OKTA_CLIENT_PRIVATE_KEY',
  ),
]

const WEBAPP_CLIENT: readonly SettingName[] = ['WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET']

export const WEBAPP_RULES: readonly SettingRule[] = [
  ...API_RULES,
  requiredInProduction(WEBAPP_CLIENT, '.'),
  requiredWithRemoteIssuer(WEBAPP_CLIENT, ' The API alone ("npm run api") does not need them.'),
  requiredInProduction(['SESSION_SECRET'], ', to the output of "openssl rand -base64 32".'),
]

export const START_RULES: readonly SettingRule[] = [
  ...WEBAPP_RULES,
  {
    names: ['WORKERS'],
    error:
      'must be 1 with "npm start". Start the API and the web app separately ("npm run api", "npm run webapp"), or leave WORKERS out.',
    isMet: ({ WORKERS }) => WORKERS === 1,
  },
]

/** Returns the issuer. Commands that do not start the embedded authorization server require one. */
export function requireIssuer({ issuer }: Config): string {
  if (issuer !== undefined) return issuer
  throw new InvalidSettingsError([
    `OKTA_ISSUER: must be set, since this command does not start the embedded authorization server. ${ISSUER_EXAMPLE}`,
  ])
}

/** Tests for the issuer of an Okta organization, whose access tokens are for Okta's own APIs. */
function isOktaOrganization(issuer = ''): boolean {
  const url = URL.parse(issuer)
  return url !== null && OKTA_HOST.test(url.hostname) && !CUSTOM_SERVER_PATH.test(url.pathname)
}
