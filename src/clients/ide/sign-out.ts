import * as oauth from 'oauth4webapi'
import {
  createRequestOptions,
  currentPageUrl,
  discoverAuthorizationServer,
  toOAuthClient,
} from './authorization-server.ts'
import type { IdeSettings } from './ide-settings.ts'
import { clearSession, type IdeSession } from './session-storage.ts'

/** Clears the session, revokes its token where that is supported, and ends the session of the authorization server. */
export async function signOut(settings: IdeSettings, clientId: string, session: IdeSession): Promise<void> {
  clearSession()
  try {
    const server = await discoverAuthorizationServer(settings.issuer)
    const client = toOAuthClient(clientId)
    const options = createRequestOptions(settings.issuer)
    await oauth
      .revocationRequest(server, client, oauth.None(), session.accessToken, options)
      .catch(() => undefined)
    if (server.end_session_endpoint === undefined) return location.assign(currentPageUrl())
    const logoutUrl = new URL(server.end_session_endpoint)
    logoutUrl.searchParams.set('id_token_hint', session.idToken)
    logoutUrl.searchParams.set('post_logout_redirect_uri', currentPageUrl())
    location.assign(logoutUrl)
  } catch {
    // The authorization server is unreachable: only the session of this tab has ended.
    location.assign(currentPageUrl())
  }
}
