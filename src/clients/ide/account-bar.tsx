import { useEffect, useState } from 'react'
import { type BearerTokenClaims, formatRemainingTime } from './access-token.ts'
import { useSettings, useToken } from './ide-context.ts'
import { initialScopes } from './ide-settings.ts'
import { Padlock } from './padlock.tsx'
import type { IdeSession } from './session-storage.ts'

const TICK_MS = 1_000

type Props = {
  readonly session: IdeSession | undefined
  readonly onSignIn: (scopes: readonly string[]) => void
  readonly onSignOut: () => void
}

/** The signed-in user, or the subject of the token, with its scopes and its expiry. */
export function AccountBar({ session, onSignIn, onSignOut }: Props) {
  const settings = useSettings()
  const { bearerToken, missingTokenHint } = useToken()
  const isSignedIn = session !== undefined
  return (
    <div className="ide-bar">
      <h1>FakeBook API</h1>
      {bearerToken === undefined ? (
        <p className="ide-account">
          {missingTokenHint ?? 'No access token. Only public fields are available.'}
        </p>
      ) : (
        <TokenDetails session={session} onSignIn={onSignIn} />
      )}
      {isSignedIn && (
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      )}
      {!isSignedIn && settings.clientId !== undefined && (
        <button type="button" className="main" onClick={() => onSignIn(initialScopes(settings))}>
          Sign in
        </button>
      )}
    </div>
  )
}

function TokenDetails({ session, onSignIn }: Pick<Props, 'session' | 'onSignIn'>) {
  const settings = useSettings()
  const { bearerToken, claims } = useToken()
  if (!claims)
    return <p className="ide-account">The token in the headers is not a JWT. Only the API can check it.</p>
  const isSessionToken = session?.accessToken === bearerToken
  const apiScopes = claims.scopes.filter((scope) => settings.scopes.some(({ name }) => name === scope))
  const signInAgain = () => onSignIn(apiScopes.length > 0 ? apiScopes : initialScopes(settings))
  return (
    <div className="ide-account">
      <strong>{isSessionToken ? session?.name : (claims.subject ?? 'Unknown subject')}</strong>
      <span className="ide-detail">
        {isSessionToken ? claims.subject : `${describeClient(claims)} · pasted, not verified`}
      </span>
      <TokenScopes scopes={apiScopes} />
      <TokenExpiry
        expiresAt={claims.expiresAt}
        onSignInAgain={settings.clientId === undefined ? undefined : signInAgain}
      />
    </div>
  )
}

/** With client credentials the client is the subject (RFC 9068 §2.2). */
const describeClient = ({ clientId, subject }: BearerTokenClaims) =>
  clientId === subject ? 'client' : `client ${clientId ?? 'unknown'}`

function TokenScopes({ scopes }: { readonly scopes: readonly string[] }) {
  const { isTokenExpired } = useToken()
  if (scopes.length === 0) return <span>No scopes of this API</span>
  return (
    <ul aria-label="Scopes of this token">
      {scopes.map((scope) => (
        <li key={scope}>
          <Padlock state={isTokenExpired ? 'locked' : 'open'} />
          {scope}
        </li>
      ))}
    </ul>
  )
}

type TokenExpiryProps = {
  readonly expiresAt: number | undefined
  readonly onSignInAgain: (() => void) | undefined
}

function TokenExpiry({ expiresAt, onSignInAgain }: TokenExpiryProps) {
  const { isTokenExpired } = useToken()
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  if (expiresAt === undefined) return <span className="ide-expiry">no expiry</span>
  const remaining = formatRemainingTime(expiresAt, now)
  if (!isTokenExpired && remaining !== undefined)
    return <span className="ide-expiry">expires in {remaining}</span>
  return (
    <>
      <span className="ide-expiry expired">expired</span>
      {onSignInAgain && (
        <button type="button" onClick={onSignInAgain}>
          Sign in again
        </button>
      )}
    </>
  )
}
