import * as oauth from 'oauth4webapi'

/** Where the issuer sends people back to: this page, as it is registered. */
export const here = () => location.origin + location.pathname

export const asClient = (clientId: string): oauth.Client => ({ client_id: clientId })

/** Plain http is for an issuer on this machine alone: the API takes no other. */
export const transport = (url: string) => ({ [oauth.allowInsecureRequests]: url.startsWith('http:') })

/** @throws TypeError when it cannot be reached */
export async function discover(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer)
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, transport(issuer)))
}

/** A fault on the way to the issuer, in words. */
export const unreachable = (error: unknown) =>
  error instanceof TypeError
    ? 'The authorization server cannot be reached. Is it running, and does it let this page ask (CORS)?'
    : `The authorization server’s answer was not right: ${error instanceof Error ? error.message : String(error)}`
