import { type Config, InvalidSettingsError } from '../config/config.ts'

/** Returns the issuer. Commands that do not start the embedded authorization server require one. */
export function requireIssuer({ issuer }: Config): string {
  if (issuer !== undefined) return issuer
  throw new InvalidSettingsError([
    'OKTA_ISSUER: must be set, since this command does not start the embedded authorization server. For example: OKTA_ISSUER=https://example.okta.com/oauth2/default',
  ])
}

/** The error of a production configuration without an issuer: the embedded authorization server is for development. */
export const issuerRequiredInProduction = () =>
  new InvalidSettingsError([
    'OKTA_ISSUER: must be set in production; the embedded authorization server is for development. For example: OKTA_ISSUER=https://example.okta.com/oauth2/default',
  ])

/** Rejects a remote issuer without a client of the web app's own, and generated values in production. */
export function requireWebappSettings({ isProduction, issuer, webapp }: Config): void {
  const errors: string[] = []
  if (webapp.client === undefined && isProduction)
    errors.push('WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET: must be set in production.')
  else if (webapp.client === undefined && isRemote(issuer))
    errors.push(
      'WEBAPP_CLIENT_ID and WEBAPP_CLIENT_SECRET: must be set with this OKTA_ISSUER. The API alone ("npm run api") does not need them.',
    )
  if (webapp.sessionSecrets.length === 0 && isProduction)
    errors.push('SESSION_SECRET: must be set in production, to the output of "openssl rand -base64 32".')
  if (errors.length > 0) throw new InvalidSettingsError(errors)
}

/** The secrets of the embedded clients are public, so they are sent to an issuer on loopback only: http is allowed nowhere else. */
export const isRemote = (issuer: string | undefined) =>
  issuer !== undefined && URL.parse(issuer)?.protocol !== 'http:'
