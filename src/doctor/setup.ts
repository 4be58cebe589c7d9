/** An OAuth client from the settings. A client without a secret is public. */
export type ConfiguredClient = { readonly id: string; readonly secret?: string | undefined }

/** A port that this project listens on. */
export type ListenPort = {
  readonly settingName: string
  readonly port: number
  readonly host: string
  /** A path, and a text in its response by which this project is recognized. */
  readonly fingerprint: { readonly path: string; readonly text: string }
}

/** The settings that are checked, with defaults filled in. */
export type Setup = {
  /** Without a trailing slash. */
  readonly issuer: string
  /** True if OKTA_ISSUER is not set, so that the embedded authorization server is used. */
  readonly isEmbedded: boolean
  readonly audience: string
  /** The scopes that the schema declares. */
  readonly scopes: readonly string[]
  /** A client that is undefined is not checked. */
  readonly job: ConfiguredClient | undefined
  readonly webapp: { readonly client: ConfiguredClient | undefined; readonly redirectUri: string }
  readonly ide: { readonly client: ConfiguredClient | undefined; readonly redirectUri: string }
  readonly ports: readonly ListenPort[]
  readonly databaseUrl: string
  readonly redisUrl: string | undefined
}

/** Returns the path segment after `/oauth2/` of an issuer, which is the authorization server's name at Okta. */
export const authorizationServerName = (issuer: string): string =>
  URL.parse(issuer)?.pathname.split('/')[2] || 'default'

/** Returns the values for placeholders that any finding may use. */
export const sharedFindingValues = ({ issuer, audience, scopes }: Setup) => ({
  issuer,
  audience,
  server: authorizationServerName(issuer),
  apiScopes: scopes.join(' '),
})

/** Joins id and secret for HTTP Basic, each form-encoded first (RFC 6749 §2.3.1). */
export const formEncodeCredentials = ({ id, secret = '' }: ConfiguredClient) =>
  `${formEncode(id)}:${formEncode(secret)}`

const formEncode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)

/**
 * Lists the secrets of a set-up, which must not be printed. `id:secret` is listed too, since its base64 does not contain
 * the base64 of the secret alone.
 */
export const collectSecrets = ({ job, webapp, redisUrl, databaseUrl }: Setup): readonly string[] => [
  ...[job, webapp.client].flatMap((client) =>
    client?.secret === undefined
      ? []
      : [
          client.secret,
          formEncode(client.secret),
          formEncodeCredentials(client),
          `${client.id}:${client.secret}`,
        ],
  ),
  ...[redisUrl ?? '', databaseUrl].flatMap((text) => {
    const url = URL.parse(text)
    return [decode(url?.password ?? ''), url?.searchParams.get('password') ?? '']
  }),
]

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
