import type { Config } from '../config/config.ts'

/** The origins of the servers whose pages use the embedded clients. */
export type PublicUrls = { readonly api: string; readonly webapp: string }

/** Returns the origins according to the settings; a port of 0 is replaced once the server listens. */
export const resolvePublicUrls = (config: Config): PublicUrls => ({
  api: config.apiUrl ?? `http://localhost:${config.port}`,
  webapp: `http://localhost:${config.webapp.port}`,
})

/** Returns the URL of the issuer's key set; Okta's by default. It is not discovered, so that no document chooses it. */
export const resolveJwksUrl = ({ jwksUrl }: Config, issuer: string) =>
  jwksUrl ?? `${issuer.replace(/\/$/, '')}/v1/keys`

export const embeddedIssuerUrl = (config: Config) => `http://localhost:${config.issuerPort}/oauth2/default`
