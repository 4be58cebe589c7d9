import { useGraphiQLActions } from '@graphiql/react'
import { lackingFor, stepUpScopes } from './challenge.ts'
import { type Notice, useShared } from './context.ts'
import { firstScopes } from './settings.ts'

type Ask = (scopes: readonly string[]) => void

/** What just happened, and what can be done about it. */
export function NoticeLine({ ask }: { readonly ask: Ask }) {
  const { notice, tell } = useShared()
  return (
    <div className="ide-notice" role="status" data-kind={notice?.kind}>
      {notice && (
        <>
          <Words notice={notice} />
          <Offer notice={notice} ask={ask} />
          <button type="button" className="quiet" onClick={() => tell(undefined)}>
            Dismiss
          </button>
        </>
      )}
    </div>
  )
}

/** What others wrote, the API or the issuer, is text and nothing else. */
function Words({ notice }: { readonly notice: Notice }) {
  const { claims, session, settings } = useShared()
  if (notice.kind === 'trouble')
    return (
      <p>
        {notice.words} {notice.details !== undefined && <q>{notice.details}</q>}
      </p>
    )
  if (notice.kind === 'signed-in')
    return <p>You are signed in as {session?.name}. Your query is where you left it.</p>
  const { error, description } = notice.challenge
  if (error === 'insufficient_scope')
    return (
      <p>
        Refused before anything ran: your token lacks{' '}
        {lackingFor(notice.challenge, claims?.scopes ?? []).join(' and ')}.
      </p>
    )
  if (error !== undefined) return <p>Your token was refused: {description ?? error}.</p>
  const how =
    settings.clientId === undefined
      ? 'Put one into the headers below.'
      : 'Sign in, or put one into the headers below.'
  return <p>This needs an access token. {how}</p>
}

function Offer({ notice, ask }: { readonly notice: Notice; readonly ask: Ask }) {
  const { claims, settings } = useShared()
  const { run } = useGraphiQLActions()
  if (notice.kind === 'signed-in')
    return (
      <button type="button" className="main" onClick={() => run()}>
        Run it
      </button>
    )
  if (notice.kind !== 'challenge' || settings.clientId === undefined) return null
  const { challenge } = notice
  const held = claims?.scopes ?? []
  const known = settings.scopes.map(({ name }) => name)
  if (challenge.error === 'insufficient_scope')
    return (
      <button type="button" className="main" onClick={() => ask(stepUpScopes(challenge, held, known))}>
        Ask for {lackingFor(challenge, held).join(' and ')}
      </button>
    )
  const again = held.filter((scope) => known.includes(scope))
  return (
    <button
      type="button"
      className="main"
      onClick={() => ask(again.length > 0 ? again : firstScopes(settings))}
    >
      {challenge.error === undefined ? 'Sign in' : 'Sign in again'}
    </button>
  )
}
