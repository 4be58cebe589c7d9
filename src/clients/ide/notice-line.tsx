import { useGraphiQLActions } from '@graphiql/react'
import type { ReactNode } from 'react'
import { type BearerChallenge, buildStepUpScopes, findMissingScopes } from '../challenge.ts'
import { type Notice, useIde } from './ide-context.ts'

/** The notice with a button for what the user can do about it. */
export function NoticeLine() {
  const { notice, update } = useIde()
  return (
    <div className="ide-notice" role="status" data-kind={notice?.kind}>
      {notice && (
        <>
          <NoticeContent notice={notice} />
          <button type="button" className="quiet" onClick={() => update({ notice: undefined })}>
            Dismiss
          </button>
        </>
      )}
    </div>
  )
}

/** Texts of the API and the authorization server are rendered as plain text. */
function NoticeContent({ notice }: { readonly notice: Notice }) {
  const { session } = useIde()
  const { run } = useGraphiQLActions()
  if (notice.kind === 'challenge') return <Challenge challenge={notice.challenge} />
  if (notice.kind === 'partial')
    return (
      <MissingScopes result="Executed without the denied fields, which are null" scopes={notice.scopes} />
    )
  if (notice.kind === 'signed-in')
    return (
      <>
        <p>Signed in as {session?.name}. Your query has been restored.</p>
        <ActionButton onClick={run}>Run query</ActionButton>
      </>
    )
  const { message, details } = notice
  return (
    <p>
      {message} {details !== undefined && <q>{details}</q>}
    </p>
  )
}

function Challenge({ challenge }: { readonly challenge: BearerChallenge }) {
  const { tokenScopes, signIn } = useIde()
  const { error, description, scopes } = challenge
  if (error === 'insufficient_scope')
    return <MissingScopes result="Not authorized, and nothing was executed" scopes={scopes} />
  const tokenHint = signIn ? 'Sign in, or add one to the headers below.' : 'Add one to the headers below.'
  return (
    <>
      <p>
        {error === undefined
          ? `This operation requires an access token. ${tokenHint}`
          : `Your token was rejected: ${description ?? error}.`}
      </p>
      {signIn && (
        <ActionButton onClick={() => signIn(tokenScopes)}>
          {error === undefined ? 'Sign in' : 'Sign in again'}
        </ActionButton>
      )}
    </>
  )
}

/** Names the missing ones of these scopes, with a button that requests them. */
function MissingScopes({ result, scopes }: { readonly result: string; readonly scopes: readonly string[] }) {
  const { token, tokenScopes, signIn } = useIde()
  const missing = findMissingScopes(scopes, token.claims?.scopes ?? []).join(' and ')
  const stepUp = () => signIn?.(buildStepUpScopes(scopes, tokenScopes))
  return (
    <>
      <p>
        {result}: your token lacks {missing}.
      </p>
      {signIn && missing !== '' && <ActionButton onClick={stepUp}>Request {missing}</ActionButton>}
    </>
  )
}

const ActionButton = (props: { readonly children: ReactNode; readonly onClick: () => void }) => (
  <button type="button" className="main" {...props} />
)
