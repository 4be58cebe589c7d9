import { useEffect, useState } from 'react'
import { type Claims, remaining } from './access-token.ts'
import { useShared } from './ide-context.ts'
import { firstScopes } from './ide-settings.ts'
import { Padlock } from './padlock.tsx'

const TICK_MS = 1_000

type Acts = { readonly ask: (scopes: readonly string[]) => void; readonly leave: () => void }

/** Who one is, what one holds, and for how long. */
export function Bar({ ask, leave }: Acts) {
  const { settings, session, bearer, hint } = useShared()
  const signedIn = session !== undefined
  return (
    <div className="ide-bar">
      <h1>FakeBook API</h1>
      {bearer === undefined ? (
        <p className="ide-who">{hint ?? 'No token: only what is public is open.'}</p>
      ) : (
        <Holder ask={ask} />
      )}
      {signedIn && (
        <button type="button" onClick={leave}>
          Sign out
        </button>
      )}
      {!signedIn && settings.clientId !== undefined && (
        <button type="button" className="main" onClick={() => ask(firstScopes(settings))}>
          Sign in
        </button>
      )}
    </div>
  )
}

/** The token at hand, in its own words; whether they are true, the API alone can tell. */
function Holder({ ask }: Pick<Acts, 'ask'>) {
  const { session, bearer, claims, settings } = useShared()
  if (!claims)
    return (
      <p className="ide-who">The token in the headers cannot be read here; the API can tell its worth.</p>
    )
  const ours = session?.accessToken === bearer
  const own = claims.scopes.filter((scope) => settings.scopes.some(({ name }) => name === scope))
  const again = () => ask(own.length > 0 ? own : firstScopes(settings))
  return (
    <div className="ide-who">
      <strong>{ours ? session?.name : (claims.subject ?? 'Somebody')}</strong>
      <span className="ide-detail">
        {ours ? claims.subject : `${clientOf(claims)} · pasted, not verified here`}
      </span>
      <Held scopes={own} />
      <End endsAt={claims.endsAt} again={settings.clientId === undefined ? undefined : again} />
    </div>
  )
}

/** Without a person a client is its own subject (RFC 9068 §2.2). */
const clientOf = ({ client, subject }: Claims) =>
  client === subject ? 'a client' : `by ${client ?? 'some client'}`

function Held({ scopes }: { readonly scopes: readonly string[] }) {
  const { ended } = useShared()
  if (scopes.length === 0) return <span>no scope of this API</span>
  return (
    <ul aria-label="Scopes that this token holds">
      {scopes.map((scope) => (
        <li key={scope}>
          <Padlock state={ended ? 'shut' : 'open'} />
          {scope}
        </li>
      ))}
    </ul>
  )
}

type EndProps = { readonly endsAt: number | undefined; readonly again: (() => void) | undefined }

function End({ endsAt, again }: EndProps) {
  const { ended } = useShared()
  const [now, setNow] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  if (endsAt === undefined) return <span className="ide-end">says no end</span>
  const left = remaining(endsAt, now)
  if (!ended && left !== undefined) return <span className="ide-end">ends in {left}</span>
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
