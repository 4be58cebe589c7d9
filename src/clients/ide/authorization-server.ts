import * as oauth from 'oauth4webapi'

/** Where the issuer sends people back to: this page, as it is registered. */
export const currentPageUrl = () => location.origin + location.pathname

export const toOAuthClient = (clientId: string): oauth.Client => ({ client_id: clientId })

/** Milliseconds; who has clicked wants to hear of it. */
const PATIENCE_MS = 10_000

/** Plain http is for an issuer on this machine alone: the API takes no other. No answer is waited for without end. */
export const createRequestOptions = (url: string) => ({
  [oauth.allowInsecureRequests]: url.startsWith('http:'),
  signal() {
    const patience = new AbortController()
    setTimeout(() => patience.abort(), PATIENCE_MS)
    return patience.signal
  },
})

/** @throws TypeError when it cannot be reached, an AbortError when it does not answer */
export async function discoverAuthorizationServer(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer)
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, createRequestOptions(issuer)))
}

/** A fault on the way to the issuer, in words. */
export const describeAuthorizationServerError = (error: unknown) =>
  error instanceof TypeError || (error instanceof DOMException && error.name === 'AbortError')
    ? 'The authorization server cannot be reached. Is it running, and does it let this page ask (CORS)?'
    : `The authorization server’s answer was not right: ${error instanceof Error ? error.message : String(error)}`
