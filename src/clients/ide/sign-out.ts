import * as oauth from 'oauth4webapi'
import {
  createRequestOptions,
  currentPageUrl,
  discoverAuthorizationServer,
  toOAuthClient,
} from './authorization-server.ts'
import type { IdeSettings } from './ide-settings.ts'
import { clearSession, type IdeSession } from './session-storage.ts'

/** Forgets the session here, takes the token back if the issuer allows it, and ends the session there. */
export async function signOut(settings: IdeSettings, clientId: string, session: IdeSession): Promise<void> {
  clearSession()
  try {
    const server = await discoverAuthorizationServer(settings.issuer)
    const { issuer } = settings
    await oauth
      .revocationRequest(
        server,
        toOAuthClient(clientId),
        oauth.None(),
        session.accessToken,
        createRequestOptions(issuer),
      )
      .catch(() => undefined)
    if (server.end_session_endpoint === undefined) return location.assign(currentPageUrl())
    const end = new URL(server.end_session_endpoint)
    end.searchParams.set('id_token_hint', session.idToken)
    end.searchParams.set('post_logout_redirect_uri', currentPageUrl())
    location.assign(end)
  } catch {
    // The issuer is away: here, at least, the token is gone.
    location.assign(currentPageUrl())
  }
}
