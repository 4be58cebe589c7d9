import { useGraphiQLActions } from '@graphiql/react'
import { buildStepUpScopes, findMissingScopes } from './challenge.ts'
import { type Notice, useIdeContext } from './ide-context.ts'
import { initialScopes } from './ide-settings.ts'

type Ask = (scopes: readonly string[]) => void

/** What just happened, and what can be done about it. */
export function NoticeLine({ onSignIn }: { readonly onSignIn: Ask }) {
  const { notice, setNotice } = useIdeContext()
  return (
    <div className="ide-notice" role="status" data-kind={notice?.kind}>
      {notice && (
        <>
          <Words notice={notice} />
          <Offer notice={notice} onSignIn={onSignIn} />
          <button type="button" className="quiet" onClick={() => setNotice(undefined)}>
            Dismiss
          </button>
        </>
      )}
    </div>
  )
}

/** What others wrote, the API or the issuer, is text and nothing else. */
function Words({ notice }: { readonly notice: Notice }) {
  const { claims, session, settings } = useIdeContext()
  if (notice.kind === 'trouble')
    return (
      <p>
        {notice.message} {notice.details !== undefined && <q>{notice.details}</q>}
      </p>
    )
  if (notice.kind === 'signed-in')
    return <p>You are signed in as {session?.name}. Your query is where you left it.</p>
  const { error, description } = notice.challenge
  if (error === 'insufficient_scope')
    return (
      <p>
        Refused before anything ran: your token lacks{' '}
        {findMissingScopes(notice.challenge, claims?.scopes ?? []).join(' and ')}.
      </p>
    )
  if (error !== undefined) return <p>Your token was refused: {description ?? error}.</p>
  const how =
    settings.clientId === undefined
      ? 'Put one into the headers below.'
      : 'Sign in, or put one into the headers below.'
  return <p>This needs an access token. {how}</p>
}

function Offer({ notice, onSignIn }: { readonly notice: Notice; readonly onSignIn: Ask }) {
  const { claims, settings } = useIdeContext()
  const { run } = useGraphiQLActions()
  if (notice.kind === 'signed-in') return <Act words="Run it" act={() => run()} />
  if (notice.kind !== 'challenge' || settings.clientId === undefined) return null
  const { challenge } = notice
  const known = settings.scopes.map(({ name }) => name)
  const held = (claims?.scopes ?? []).filter((scope) => known.includes(scope))
  if (challenge.error !== 'insufficient_scope') {
    const words = challenge.error === undefined ? 'Sign in' : 'Sign in again'
    return <Act words={words} act={() => onSignIn(held.length > 0 ? held : initialScopes(settings))} />
  }
  const lacking = findMissingScopes(challenge, held)
  if (lacking.length === 0) return null
  return (
    <Act
      words={`Ask for ${lacking.join(' and ')}`}
      act={() => onSignIn(buildStepUpScopes(challenge, held))}
    />
  )
}

const Act = ({ words, act }: { readonly words: string; readonly act: () => void }) => (
  <button type="button" className="main" onClick={act}>
    {words}
  </button>
)
