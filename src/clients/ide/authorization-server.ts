import * as oauth from 'oauth4webapi'

/** Returns this page's URL, which is its registered redirect URI. */
export const currentPageUrl = () => location.origin + location.pathname

export const toOAuthClient = (clientId: string): oauth.Client => ({ client_id: clientId })

const TIMEOUT_MS = 10_000

/** Plain http is for an issuer on this machine: the API's settings allow no other. */
export const createRequestOptions = (url: string) => ({
  [oauth.allowInsecureRequests]: url.startsWith('http:'),
  signal() {
    const abortController = new AbortController()
    setTimeout(() => abortController.abort(), TIMEOUT_MS)
    return abortController.signal
  },
})

/**
 * Fetches the metadata of the authorization server.
 * @throws TypeError when it cannot be reached, AbortError when it does not respond in time
 */
export async function discoverAuthorizationServer(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer)
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, createRequestOptions(issuer)))
}

/** Formats an error of a request to the authorization server for the user. */
export const describeAuthorizationServerError = (error: unknown) =>
  error instanceof TypeError || (error instanceof DOMException && error.name === 'AbortError')
    ? 'The authorization server cannot be reached. Check that it is running and allows requests from this page (CORS).'
    : `The authorization server sent an invalid response: ${error instanceof Error ? error.message : String(error)}`
