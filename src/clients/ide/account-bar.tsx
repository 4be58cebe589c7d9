import { useEffect, useState } from 'react'
import { type BearerTokenClaims, formatRemainingTime } from './access-token.ts'
import { useIdeContext } from './ide-context.ts'
import { initialScopes } from './ide-settings.ts'
import { Padlock } from './padlock.tsx'

const TICK_MS = 1_000

type Acts = { readonly onSignIn: (scopes: readonly string[]) => void; readonly onSignOut: () => void }

/** Who one is, what one holds, and for how long. */
export function AccountBar({ onSignIn, onSignOut }: Acts) {
  const { settings, session, bearerToken, missingTokenHint } = useIdeContext()
  const signedIn = session !== undefined
  return (
    <div className="ide-bar">
      <h1>FakeBook API</h1>
      {bearerToken === undefined ? (
        <p className="ide-who">{missingTokenHint ?? 'No token: only what is public is open.'}</p>
      ) : (
        <Holder onSignIn={onSignIn} />
      )}
      {signedIn && (
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      )}
      {!signedIn && settings.clientId !== undefined && (
        <button type="button" className="main" onClick={() => onSignIn(initialScopes(settings))}>
          Sign in
        </button>
      )}
    </div>
  )
}

/** The token at hand, in its own words; whether they are true, the API alone can tell. */
function Holder({ onSignIn }: Pick<Acts, 'onSignIn'>) {
  const { session, bearerToken, claims, settings } = useIdeContext()
  if (!claims)
    return (
      <p className="ide-who">The token in the headers cannot be read here; the API can tell its worth.</p>
    )
  const ours = session?.accessToken === bearerToken
  const own = claims.scopes.filter((scope) => settings.scopes.some(({ name }) => name === scope))
  const again = () => onSignIn(own.length > 0 ? own : initialScopes(settings))
  return (
    <div className="ide-who">
      <strong>{ours ? session?.name : (claims.subject ?? 'Somebody')}</strong>
      <span className="ide-detail">
        {ours ? claims.subject : `${clientOf(claims)} · pasted, not verified here`}
      </span>
      <Held scopes={own} />
      <End endsAt={claims.expiresAt} again={settings.clientId === undefined ? undefined : again} />
    </div>
  )
}

/** Without a person a client is its own subject (RFC 9068 §2.2). */
const clientOf = ({ clientId, subject }: BearerTokenClaims) =>
  clientId === subject ? 'a client' : `by ${clientId ?? 'some client'}`

function Held({ scopes }: { readonly scopes: readonly string[] }) {
  const { isTokenExpired } = useIdeContext()
  if (scopes.length === 0) return <span>no scope of this API</span>
  return (
    <ul aria-label="Scopes that this token holds">
      {scopes.map((scope) => (
        <li key={scope}>
          <Padlock state={isTokenExpired ? 'shut' : 'open'} />
          {scope}
        </li>
      ))}
    </ul>
  )
}

type EndProps = { readonly endsAt: number | undefined; readonly again: (() => void) | undefined }

function End({ endsAt, again }: EndProps) {
  const { isTokenExpired } = useIdeContext()
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  if (endsAt === undefined) return <span className="ide-end">says no end</span>
  const left = formatRemainingTime(endsAt, now)
  if (!isTokenExpired && left !== undefined) return <span className="ide-end">ends in {left}</span>
  return (
    <>
      <span className="ide-end ended">ended</span>
      {again && (
        <button type="button" onClick={again}>
          Sign in again
        </button>
      )}
    </>
  )
}
