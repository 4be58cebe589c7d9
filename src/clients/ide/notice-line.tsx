import { useGraphiQLActions } from '@graphiql/react'
import { type BearerChallenge, buildStepUpScopes, findMissingScopes } from '../challenge.ts'
import { useSettings, useToken } from './ide-context.ts'
import { initialScopes } from './ide-settings.ts'
import type { IdeSession } from './session-storage.ts'

/** A message above the editors, one at a time. */
export type Notice =
  | { readonly kind: 'challenge'; readonly challenge: BearerChallenge }
  | { readonly kind: 'signed-in' }
  | { readonly kind: 'error'; readonly message: string; readonly details?: string | undefined }

type OnSignIn = (scopes: readonly string[]) => void

type Props = {
  readonly notice: Notice | undefined
  readonly session: IdeSession | undefined
  readonly onSignIn: OnSignIn
  readonly onDismiss: () => void
}

/** The notice with a button for what the user can do about it. */
export function NoticeLine({ notice, session, onSignIn, onDismiss }: Props) {
  return (
    <div className="ide-notice" role="status" data-kind={notice?.kind}>
      {notice && (
        <>
          <NoticeText notice={notice} session={session} />
          <NoticeAction notice={notice} onSignIn={onSignIn} />
          <button type="button" className="quiet" onClick={onDismiss}>
            Dismiss
          </button>
        </>
      )}
    </div>
  )
}

/** Texts of the API and the authorization server are rendered as plain text. */
function NoticeText({ notice, session }: { readonly notice: Notice } & Pick<Props, 'session'>) {
  const settings = useSettings()
  const { claims } = useToken()
  if (notice.kind === 'error')
    return (
      <p>
        {notice.message} {notice.details !== undefined && <q>{notice.details}</q>}
      </p>
    )
  if (notice.kind === 'signed-in') return <p>Signed in as {session?.name}. Your query has been restored.</p>
  const { error, description, scopes } = notice.challenge
  if (error === 'insufficient_scope')
    return (
      <p>
        Not authorized, and nothing was executed: your token lacks{' '}
        {findMissingScopes(scopes, claims?.scopes ?? []).join(' and ')}.
      </p>
    )
  if (error !== undefined) return <p>Your token was rejected: {description ?? error}.</p>
  return (
    <p>
      This operation requires an access token.{' '}
      {settings.clientId === undefined
        ? 'Add one to the headers below.'
        : 'Sign in, or add one to the headers below.'}
    </p>
  )
}

function NoticeAction({ notice, onSignIn }: { readonly notice: Notice; readonly onSignIn: OnSignIn }) {
  const settings = useSettings()
  const { claims } = useToken()
  const { run } = useGraphiQLActions()
  if (notice.kind === 'signed-in') return <ActionButton label="Run query" onClick={() => run()} />
  if (notice.kind !== 'challenge' || settings.clientId === undefined) return null
  const { error, scopes } = notice.challenge
  const apiScopes = settings.scopes.map(({ name }) => name)
  const held = (claims?.scopes ?? []).filter((scope) => apiScopes.includes(scope))
  if (error !== 'insufficient_scope') {
    const label = error === undefined ? 'Sign in' : 'Sign in again'
    const signIn = () => onSignIn(held.length > 0 ? held : initialScopes(settings))
    return <ActionButton label={label} onClick={signIn} />
  }
  const missing = findMissingScopes(scopes, held)
  if (missing.length === 0) return null
  const stepUp = () => onSignIn(buildStepUpScopes(scopes, held))
  return <ActionButton label={`Request ${missing.join(' and ')}`} onClick={stepUp} />
}

const ActionButton = ({ label, onClick }: { readonly label: string; readonly onClick: () => void }) => (
  <button type="button" className="main" onClick={onClick}>
    {label}
  </button>
)
