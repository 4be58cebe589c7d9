import type { Introspection } from '../graphql/apollo-server.ts'
import type { HttpResponse } from '../lib/http-messages.ts'
import type { DeclaredScope, DeniedHandling } from '../scopes/index.ts'
import { createHtmlPage } from './html-page.ts'

/** Relative to the page, which is served at `/graphql`, this is `ide/assets/`. */
export const IDE_ASSETS_PATH = '/ide/assets/'

/** The files that the IDE's page loads: paths below `/ide/`, with a content hash in each. */
export type IdeAssets = { readonly script: string; readonly style: string }

type IdePageOptions = {
  /** Undefined if the IDE has not been built. */
  readonly assets: IdeAssets | undefined
  /** The IDE's OAuth client. Without one the IDE has no sign-in. */
  readonly clientId: string | undefined
  readonly issuer: string
  readonly scopeClaims: readonly string[]
  readonly introspection: Introspection
  readonly deniedFields: DeniedHandling
  readonly declaredScopes: readonly DeclaredScope[]
}

/** Returns the IDE's page, which contains nothing that requires a token; 503 with instructions if it is not built. */
export function createIdePage(options: IdePageOptions): HttpResponse {
  const {
    assets,
    clientId,
    issuer,
    scopeClaims,
    introspection,
    deniedFields,
    declaredScopes: scopes,
  } = options
  const settings = { issuer, clientId, scopeClaims, introspection, deniedFields, scopes }
  const content = assets ? renderApp(assets, settings) : `<p>${NOT_BUILT}</p>`
  return createHtmlPage(assets ? 200 : 503, contentSecurityPolicy(issuer), content)
}

const NOT_BUILT =
  'The IDE has not been built. Run <code>npm install</code> and start again. The API works without it.'

/** URLs are relative: behind a proxy the API may be served below a path. */
const renderApp = ({ script, style }: IdeAssets, settings: object) =>
  `<link rel="stylesheet" href="ide/${style}">
<script type="application/json" id="settings">${toScriptJson(settings)}</script>
<script type="module" src="ide/${script}"></script>
<div id="ide"><noscript>The IDE requires JavaScript.</noscript></div>`

/** Serializes JSON so that it cannot close the script element around it. */
const toScriptJson = (value: object) => JSON.stringify(value).replaceAll('<', '\\u003c')

/** Allows the built files alone. The Monaco editor adds style elements and has its icons inline. */
const contentSecurityPolicy = (issuer: string) => [
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self'",
  `connect-src 'self' ${new URL(issuer).origin}`,
]
