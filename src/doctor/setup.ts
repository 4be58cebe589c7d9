/** A client as its settings have it; one without a secret is public. */
export type ConfiguredClient = { readonly id: string; readonly secret?: string | undefined }

/** A port that this project listens on, and how to tell that it is this project that does. */
export type ListenPort = {
  readonly settingName: string
  readonly port: number
  readonly host: string
  /** A path, and what stands in its answer when that comes from us. */
  readonly fingerprint: { readonly path: string; readonly text: string }
}

/** What is to be looked at: the settings, with what stands in for those that are not set. */
export type Setup = {
  /** Without a slash at its end. */
  readonly issuer: string
  /** Whether that is the embedded one, since none is set. */
  readonly isEmbedded: boolean
  readonly audience: string
  /** The API's own. */
  readonly scopes: readonly string[]
  /** Undefined: not set, and not looked at. */
  readonly job: ConfiguredClient | undefined
  readonly webapp: { readonly client: ConfiguredClient | undefined; readonly redirectUri: string }
  readonly ide: { readonly client: ConfiguredClient | undefined; readonly redirectUri: string }
  readonly ports: readonly ListenPort[]
  readonly databaseUrl: string
  readonly redisUrl: string | undefined
}

/** The name of an authorization server: what stands behind `/oauth2/` in its issuer. */
export const authorizationServerName = (issuer: string): string =>
  URL.parse(issuer)?.pathname.split('/')[2] || 'default'

/** Words that any finding may be filled in with. */
export const sharedFindingValues = ({ issuer, audience, scopes }: Setup) => ({
  issuer,
  audience,
  server: authorizationServerName(issuer),
  known: scopes.join(' '),
})

/** RFC 6749 §2.3.1: id and secret are form-encoded before they become Basic. */
export const formEncodeCredentials = ({ id, secret = '' }: ConfiguredClient) =>
  `${formEncoded(id)}:${formEncoded(secret)}`

const formEncoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)

/** What must not be printed, whoever says it. In Basic a secret stands behind its id, so that its letters in base64 are others. */
export const collectSecrets = ({ job, webapp, redisUrl, databaseUrl }: Setup): readonly string[] => [
  ...[job, webapp.client].flatMap((client) =>
    client?.secret === undefined
      ? []
      : [
          client.secret,
          formEncoded(client.secret),
          formEncodeCredentials(client),
          `${client.id}:${client.secret}`,
        ],
  ),
  ...[redisUrl ?? '', databaseUrl].flatMap((text) => {
    const url = URL.parse(text)
    return [decoded(url?.password ?? ''), url?.searchParams.get('password') ?? '']
  }),
]

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
