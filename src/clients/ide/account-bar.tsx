import { type BearerTokenClaims, formatRemainingTime } from './access-token.ts'
import { useClock, useIde } from './ide-context.ts'
import { Padlock } from './padlock.tsx'
import { signOut } from './sign-in.ts'

/** The signed-in user, or the subject of the token, with its scopes and its expiry. */
export function AccountBar() {
  const { settings, session, token, signIn, notice } = useIde()
  return (
    <div className="ide-bar">
      <h1>FakeBook API</h1>
      <div className="ide-account">
        {token.bearerToken === undefined ? (
          (token.missingTokenHint ?? 'No access token. Only public fields are available.')
        ) : (
          <>
            <TokenDetails />
            <details className="ide-token">
              <summary>Token</summary>
              <code>{token.bearerToken}</code>
            </details>
          </>
        )}
      </div>
      {session && (
        <button type="button" onClick={() => signOut(settings, session)}>
          Sign out
        </button>
      )}
      {!session && signIn && (
        <button type="button" className={notice ? '' : 'main'} onClick={() => signIn([])}>
          Sign in
        </button>
      )}
    </div>
  )
}

function TokenDetails() {
  const { session, token, tokenScopes } = useIde()
  const { bearerToken, claims, isTokenExpired } = token
  if (!claims) return 'The token in the headers is not a JWT. Only the API can check it.'
  const isSessionToken = session?.accessToken === bearerToken
  return (
    <>
      <strong>{isSessionToken ? session?.name : (claims.subject ?? 'Unknown subject')}</strong>
      <span className="ide-detail">
        {isSessionToken ? claims.subject : `${describeClient(claims)} · pasted, not verified`}
      </span>
      {tokenScopes.length === 0 ? (
        'No scopes of this API'
      ) : (
        <ul aria-label="Scopes of this token">
          {tokenScopes.map((scope) => (
            <li key={scope}>
              <Padlock state={isTokenExpired ? 'locked' : 'open'} />
              {scope}
            </li>
          ))}
        </ul>
      )}
      <TokenExpiry expiresAt={claims.expiresAt} />
    </>
  )
}

/** With client credentials the client is the subject (RFC 9068 §2.2). */
const describeClient = ({ clientId, subject }: BearerTokenClaims) =>
  clientId === subject ? 'client' : `client ${clientId ?? 'unknown'}`

function TokenExpiry({ expiresAt = Number.POSITIVE_INFINITY }: Pick<BearerTokenClaims, 'expiresAt'>) {
  const { tokenScopes, signIn } = useIde()
  const remaining = useClock((now) => formatRemainingTime(expiresAt, now))
  if (expiresAt === Number.POSITIVE_INFINITY) return 'no expiry'
  if (remaining !== undefined) return `expires in ${remaining}`
  return (
    <>
      <span className="ide-expired">expired</span>
      {signIn && (
        <button type="button" onClick={() => signIn(tokenScopes)}>
          Sign in again
        </button>
      )}
    </>
  )
}
