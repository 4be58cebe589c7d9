import * as oauth from 'oauth4webapi'
import { asClient, discover, here, transport } from './authorization-server.ts'
import type { Settings } from './ide-settings.ts'
import { forgetSession, type Session } from './session-storage.ts'

/** Forgets the session here, takes the token back if the issuer allows it, and ends the session there. */
export async function signOut(settings: Settings, clientId: string, session: Session): Promise<void> {
  forgetSession()
  try {
    const server = await discover(settings.issuer)
    const { issuer } = settings
    await oauth
      .revocationRequest(server, asClient(clientId), oauth.None(), session.accessToken, transport(issuer))
      .catch(() => undefined)
    if (server.end_session_endpoint === undefined) return location.assign(here())
    const end = new URL(server.end_session_endpoint)
    end.searchParams.set('id_token_hint', session.idToken)
    end.searchParams.set('post_logout_redirect_uri', here())
    location.assign(end)
  } catch {
    // The issuer is away: here, at least, the token is gone.
    location.assign(here())
  }
}
