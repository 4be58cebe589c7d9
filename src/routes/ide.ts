import { missingToken } from '../errors/api-error.ts'
import { createJsonResponse, type HttpRequest, type HttpResponse, type Route } from '../lib/http-messages.ts'
import type { DeclaredScope, Rules } from '../scopes/index.ts'
import { prefersHtml } from './content-negotiation.ts'
import type { AuthenticatedHandler } from './rest.ts'

/** The page's own address, as `GET /graphql` has it, is one step above these. */
export const IDE_ASSETS_PATH = '/ide/assets/'

export type IdeOptions = {
  /** What was built; undefined if nothing was. Names below `/ide/`. */
  readonly files: { readonly script: string; readonly styles: readonly string[] } | undefined
  /** Whose client the IDE is; without one it has no sign-in. */
  readonly clientId: string | undefined
}

type Options = {
  readonly ide: IdeOptions
  readonly issuer: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  readonly declared: readonly DeclaredScope[]
}

/** Whether a browser wants the IDE: a query in the address is run, as for any other client. */
export const isIdeRequest = ({ method, headers, search }: HttpRequest) =>
  (method === 'GET' || method === 'HEAD') &&
  prefersHtml(headers.accept) &&
  !new URLSearchParams(search).has('query')

/** The IDE's page; one line on how to build it where it was not. It shows nothing that needs a token. */
export function createIdePage({
  ide,
  issuer,
  introspection,
  declared: declaredScopes,
}: Options): HttpResponse {
  const { files, clientId } = ide
  const settings = { issuer, clientId, introspection, scopes: declaredScopes }
  const content = files ? loading(files, settings) : `<p>${NOT_BUILT}</p>`
  return {
    status: files ? 200 : 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'accept',
      'content-security-policy': policy(issuer),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>FakeBook API</title>
<link rel="icon" href="data:,">
${content}
</html>
`,
  }
}

const NOT_BUILT =
  'The IDE has not been built: run <code>npm run build:ide</code> and start again. The API works without it.'

/** Relative addresses: behind a proxy the API may stand below a path. */
const loading = (files: NonNullable<IdeOptions['files']>, settings: object) =>
  [
    ...files.styles.map((style) => `<link rel="stylesheet" href="ide/${style}">`),
    `<script type="application/json" id="settings">${inScript(settings)}</script>`,
    `<script type="module" src="ide/${files.script}"></script>`,
    '<div id="ide"><noscript>The IDE needs JavaScript.</noscript></div>',
  ].join('\n')

/** JSON that cannot end the element that it stands in. */
const inScript = (value: object) => JSON.stringify(value).replaceAll('<', '\\u003c')

/** Nothing runs but what was built. Monaco, the editor, writes styles into the page and has its small images in them. */
const policy = (issuer: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self'",
    `connect-src 'self' ${new URL(issuer).origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * The schema's rules, as `npm run scopes -- --json` prints them: what padlocks are made from. They name fields, so they are
 * for those who may read the schema.
 */
export function createRulesRoute(
  rules: Rules,
  introspection: Options['introspection'],
): Omit<Route, 'handler'> & { readonly handler: AuthenticatedHandler } {
  const rows = [...rules].map(([coordinate, scopes]) => ({ coordinate, scopes }))
  return {
    method: 'GET',
    url: '/ide/rules',
    async handler(_, caller) {
      if (introspection === 'authenticated' && !caller) throw missingToken()
      return createJsonResponse(200, introspection === 'off' ? [] : rows)
    },
  }
}
