import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Issuer } from './oidc-client.ts'
import { Fault } from './page-error.ts'
import type { SignIns } from './pending-sign-ins.ts'
import { show, textOf } from './render.ts'

type Parts = {
  readonly issuer: Issuer
  readonly signIns: SignIns
  readonly client: { readonly id: string; readonly secret: string }
  /** Whether everybody knows the client's secret. */
  readonly wellKnown: boolean
  readonly production: boolean
  readonly origin: () => string
  readonly api: string
}

/** What a code may consist of, so that a line for the shell holds it and nothing else. */
const CODE = /^[\w.~-]{1,512}$/

/**
 * What came back although nobody began it here. Outside production that may be the seed's road, where the authorize
 * URL is typed by hand: the code is shown, with the line that exchanges it. Nobody is signed in by it.
 */
export function manualRoad({ issuer, signIns, client, wellKnown, production, origin, api }: Parts) {
  return async function showUnknown(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const [code, state] = ['code', 'state'].map((name) => textOf(request.query, name))
    const others = await signIns.isKnown(state ?? '')
    if (production || others || code === undefined || !CODE.test(code)) throw new Fault('notStarted')
    const path = request.url.split('?', 1)[0]
    const redirectUri = `${origin()}${path === '/' ? '' : path}`
    const secret = wellKnown ? client.secret : '{YOUR_CLIENT_SECRET}'
    const curl = [
      `curl -s ${await issuer.tokenEndpoint()}`,
      `-u '${client.id}:${secret}'`,
      '-d grant_type=authorization_code',
      `-d code=${code}`,
      `--data-urlencode redirect_uri=${redirectUri}`,
    ].join(' \\\n  ')
    const next = `curl -s ${api}/books/1 -H 'authorization: Bearer {ACCESS_TOKEN}'`
    return show(request, reply, 'manual-road', { title: 'Your authorization code', code, curl, next })
  }
}
