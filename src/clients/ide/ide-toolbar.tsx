import {
  pick,
  tryParseJSONC,
  useDidUpdate,
  useGraphiQL,
  useGraphiQLActions,
  useHeadersEditorState,
} from '@graphiql/react'
import { getOperationAST, parse } from 'graphql'
import { useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { type EditorHeaders, withBearerToken } from './access-token.ts'
import { AccountBar } from './account-bar.tsx'
import { describeAuthorizationServerError } from './authorization-server.ts'
import { EXAMPLE_QUERIES } from './example-queries.ts'
import { useIdeContext } from './ide-context.ts'
import { NoticeLine } from './notice-line.tsx'
import { OperationLine } from './operation-line.tsx'
import { redirectToSignIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'

/** What stands above GraphiQL and works with its editors. */
export function IdeToolbar({ container }: { readonly container: HTMLElement | null }) {
  const { settings, session, setNotice } = useIdeContext()
  const { queryEditor, variableEditor, headerEditor } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor'),
  )
  useSessionInHeaders()
  useTokenAtHand()
  const { clientId } = settings
  const ask = (scopes: readonly string[]) => {
    const draft = {
      query: queryEditor?.getValue() ?? '',
      variables: variableEditor?.getValue() ?? '',
      headers: withBearerToken(headersIn(headerEditor?.getValue()) ?? {}, undefined),
    }
    if (clientId !== undefined)
      redirectToSignIn(settings, clientId, scopes, draft).catch((error) =>
        setNotice({ kind: 'trouble', message: describeAuthorizationServerError(error) }),
      )
  }
  const leave = () => {
    if (session && clientId !== undefined) signOut(settings, clientId, session)
  }
  if (!container) return null
  return createPortal(
    <>
      <AccountBar onSignIn={ask} onSignOut={leave} />
      <NoticeLine onSignIn={ask} />
      <div className="ide-line">
        <Starters />
        <OperationLine />
      </div>
    </>,
    container,
  )
}

/** The header editor's text as GraphiQL reads it, comments and all; undefined where it would not send it. */
function headersIn(text: string | undefined): EditorHeaders | undefined {
  try {
    return tryParseJSONC(text) ?? {}
  } catch {
    return undefined
  }
}

/** Puts the session's token into each tab's headers once; what the person makes of them then is theirs. */
function useSessionInHeaders(): void {
  const { session } = useIdeContext()
  const { headerEditor, tabs, activeTabIndex } = useGraphiQL(pick('headerEditor', 'tabs', 'activeTabIndex'))
  const filled = useRef(new Set<string>())
  const tab = tabs[activeTabIndex]?.id
  useEffect(() => {
    if (!headerEditor || !session || tab === undefined || filled.current.has(tab)) return
    filled.current.add(tab)
    headerEditor.setValue(withBearerToken(headersIn(headerEditor.getValue()) ?? {}, session.accessToken))
  }, [headerEditor, session, tab])
}

/** Tells everybody which token is at hand, and has the schema marked anew when another one is, or it has ended. */
function useTokenAtHand(): void {
  const { settings, setHeaders, refreshPadlocks } = useIdeContext()
  const { introspect } = useGraphiQLActions()
  const [headers] = useHeadersEditorState()
  useEffect(() => setHeaders(headersIn(headers)), [headers, setHeaders])
  // GraphiQL asks for the schema by itself at first.
  useDidUpdate(() => {
    refreshPadlocks()
    if (settings.introspection !== 'off') introspect()
  }, [refreshPadlocks])
}

/** Operations to begin with; what the person wrote is left alone. */
function Starters() {
  const { queryEditor } = useGraphiQL(pick('queryEditor'))
  const { addTab, setOperationName } = useGraphiQLActions()
  const open = (query: string) => {
    const now = queryEditor?.getValue() ?? ''
    if (now.trim() !== '' && !EXAMPLE_QUERIES.some((starter) => starter.query === now)) addTab()
    queryEditor?.setValue(query)
    // GraphiQL notices a moment later, and would run the one before by its name.
    setOperationName(getOperationAST(parse(query))?.name?.value ?? '')
  }
  return (
    <nav aria-label="Operations to begin with">
      Try:
      {EXAMPLE_QUERIES.map(({ name, query }) => (
        <button key={name} type="button" className="quiet" onClick={() => open(query)}>
          {name}
        </button>
      ))}
    </nav>
  )
}
