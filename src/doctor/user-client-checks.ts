import { beginSignIn } from './authorization-probe.ts'
import { check } from './check.ts'
import { isTrouble } from './http-probe.ts'
import type { Examined } from './probes.ts'
import { type Outcome, ok, skipped, wrong } from './report-line.ts'

/** What a person's app asks for besides the API's scopes. */
const PERSON = ['openid', 'profile', 'email', 'offline_access']
const NO_WEBAPP = skipped('WEBAPP_CLIENT_ID is not set: the web app is not looked at')
const NO_IDE = skipped('IDE_CLIENT_ID is not set: the IDE has the header editor alone')

const reads = (scopes: readonly string[]) => [...PERSON, ...scopes.slice(0, 1)]

async function lookAtWebapp({ setup: { webapp }, questions }: Examined): Promise<Outcome> {
  if (!webapp.client) return NO_WEBAPP
  const client = webapp.client.id
  const answer = await questions.exchangeNothing(webapp.client, webapp.redirectUri)
  if (!('refused' in answer)) return wrong('D15e', { words: 'a token for a code that nobody was given' })
  const { words } = answer
  switch (answer.refused) {
    case 'code':
      return ok(`${client} and its secret are taken`)
    case 'client':
      return wrong('D15a', { client })
    case 'secret':
      return wrong('D15b', { client })
    case 'authentication':
    case 'grant':
      return wrong('D15c', { client, words })
    case 'proof missing':
      return wrong('D15d')
    default:
      return wrong('D15e', { words })
  }
}

async function lookAtRedirect({ setup, questions }: Examined): Promise<Outcome> {
  const { issuer, scopes, webapp } = setup
  if (!webapp.client) return NO_WEBAPP
  const { redirectUri } = webapp
  const client = webapp.client.id
  const asked = { issuer, client, redirectUri, scopes: reads(scopes), challenge: true }
  const begun = await beginSignIn(questions.ask, asked)
  switch (begun.begun) {
    case 'known':
      return ok(`${redirectUri} is registered (inferred: browsers are sent back there)`)
    case 'unknown redirect':
      return wrong('D16a', { redirect: redirectUri })
    case 'unknown client':
      return wrong('D16d', { client })
    case 'refused':
      return wrong('D16b', { words: begun.words })
    case 'neither':
      return wrong('D16c', { words: begun.words })
  }
}

/** Public, its address registered, and kept to PKCE. */
async function lookAtIde({ setup, questions }: Examined): Promise<Outcome> {
  const { issuer, scopes, ide } = setup
  if (!ide.client) return NO_IDE
  const { redirectUri } = ide
  const client = ide.client.id
  const asked = { issuer, client, redirectUri, scopes: reads(scopes), challenge: true }
  const begun = await beginSignIn(questions.ask, asked)
  if (begun.begun === 'unknown client') return wrong('D17a', { client })
  if (begun.begun === 'unknown redirect') return wrong('D17b', { redirect: redirectUri })
  if (begun.begun === 'refused') return wrong('D17e', { words: begun.words })
  if (begun.begun === 'neither') return wrong('D17f', { words: begun.words })
  const exchanged = await questions.exchangeNothing(ide.client, redirectUri)
  if ('refused' in exchanged && exchanged.refused !== 'code')
    return wrong(exchanged.refused === 'other' ? 'D17f' : 'D17c', { words: exchanged.words })
  const bare = await beginSignIn(questions.ask, { ...asked, challenge: false })
  return bare.begun === 'known'
    ? wrong('D17d')
    : ok(`${client} is public, with PKCE; ${redirectUri} is registered (inferred)`)
}

/** What the IDE's page fetches itself, and so must be let read (Fetch §3.2). */
async function lookAtCors({ setup: { issuer, ide }, questions }: Examined): Promise<Outcome> {
  if (!ide.client) return NO_IDE
  const { origin } = new URL(ide.redirectUri)
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: ide.client.id,
    redirect_uri: ide.redirectUri,
    code: 'doctor',
    code_verifier: 'doctor'.repeat(8),
  })
  const readable = async (path: string, init: { method?: string; body?: URLSearchParams }) => {
    const answer = await questions.ask(`${issuer}${path}`, { ...init, headers: { origin } })
    const allowed = isTrouble(answer) ? null : answer.headers.get('access-control-allow-origin')
    return allowed === '*' || allowed === origin
  }
  const shut = [
    ...((await readable('/.well-known/openid-configuration', {})) ? [] : ['discovery document']),
    ...((await readable('/v1/token', { method: 'POST', body })) ? [] : ['token endpoint']),
  ]
  return shut.length > 0
    ? wrong('D18a', { origin, places: shut.join(' and its ') })
    : ok(`pages of ${origin} may read the answers`)
}

export const PEOPLE_CHECKS = [
  check('D15', 'webapp', ['discovery'], lookAtWebapp),
  check('D16', 'redirect', ['discovery'], lookAtRedirect),
  check('D17', 'ide', ['discovery'], lookAtIde),
  check('D18', 'cors', ['ide'], lookAtCors),
] as const
