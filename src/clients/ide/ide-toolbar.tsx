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
import { useSettings } from './ide-context.ts'
import { type Notice, NoticeLine } from './notice-line.tsx'
import { OperationLine } from './operation-line.tsx'
import type { IdeSession } from './session-storage.ts'
import { redirectToSignIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'

type Props = {
  /** Null until the page's header is rendered. */
  readonly container: HTMLElement | null
  readonly session: IdeSession | undefined
  readonly notice: Notice | undefined
  readonly setNotice: (notice: Notice | undefined) => void
  readonly setHeaders: (headers: EditorHeaders | undefined) => void
  /** Prepares the next introspection query to use the current token's padlocks. */
  readonly refreshPadlocks: () => void
}

/** The toolbar above GraphiQL. It is rendered inside GraphiQL, whose editors it uses, and shown in the page's header. */
export function IdeToolbar({ container, session, notice, setNotice, setHeaders, refreshPadlocks }: Props) {
  const settings = useSettings()
  const { queryEditor, variableEditor, headerEditor } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor'),
  )
  useSessionInHeaders(session)
  useTokenOfActiveTab(setHeaders, refreshPadlocks)
  const { clientId } = settings
  const onSignIn = (scopes: readonly string[]) => {
    if (clientId === undefined) return
    const draft = {
      query: queryEditor?.getValue() ?? '',
      variables: variableEditor?.getValue() ?? '',
      headers: withBearerToken(parseHeaders(headerEditor?.getValue()) ?? {}, undefined),
    }
    redirectToSignIn(settings, clientId, scopes, draft).catch((error) =>
      setNotice({ kind: 'error', message: describeAuthorizationServerError(error) }),
    )
  }
  const onSignOut = () => {
    if (session && clientId !== undefined) signOut(settings, clientId, session)
  }
  if (!container) return null
  return createPortal(
    <>
      <AccountBar session={session} onSignIn={onSignIn} onSignOut={onSignOut} />
      <NoticeLine
        notice={notice}
        session={session}
        onSignIn={onSignIn}
        onDismiss={() => setNotice(undefined)}
      />
      <div className="ide-operation-row">
        <ExampleQueries />
        <OperationLine />
      </div>
    </>,
    container,
  )
}

/** Parses the header editor's text as GraphiQL does, with comments; returns undefined where GraphiQL would not send it. */
function parseHeaders(text: string | undefined): EditorHeaders | undefined {
  try {
    return tryParseJSONC(text) ?? {}
  } catch {
    return undefined
  }
}

/** Adds the session's token to the headers of each tab once, so that the user can replace it. */
function useSessionInHeaders(session: IdeSession | undefined): void {
  const { headerEditor, tabs, activeTabIndex } = useGraphiQL(pick('headerEditor', 'tabs', 'activeTabIndex'))
  const filledTabs = useRef(new Set<string>())
  const tab = tabs[activeTabIndex]?.id
  useEffect(() => {
    if (!headerEditor || !session || tab === undefined || filledTabs.current.has(tab)) return
    filledTabs.current.add(tab)
    headerEditor.setValue(withBearerToken(parseHeaders(headerEditor.getValue()) ?? {}, session.accessToken))
  }, [headerEditor, session, tab])
}

/** Publishes the headers of the active tab, and updates the padlocks when their token changes or expires. */
function useTokenOfActiveTab(setHeaders: Props['setHeaders'], refreshPadlocks: () => void): void {
  const settings = useSettings()
  const { introspect } = useGraphiQLActions()
  const [headers] = useHeadersEditorState()
  useEffect(() => setHeaders(parseHeaders(headers)), [headers, setHeaders])
  // Not on the first render: GraphiQL sends the first introspection query by itself.
  useDidUpdate(() => {
    refreshPadlocks()
    if (settings.introspection !== 'off') introspect()
  }, [refreshPadlocks])
}

/** Buttons that open an example, in a new tab unless the active one is empty or contains an unchanged example. */
function ExampleQueries() {
  const { queryEditor } = useGraphiQL(pick('queryEditor'))
  const { addTab, setOperationName } = useGraphiQLActions()
  const open = (query: string) => {
    const currentQuery = queryEditor?.getValue() ?? ''
    if (currentQuery.trim() !== '' && !EXAMPLE_QUERIES.some((example) => example.query === currentQuery))
      addTab()
    queryEditor?.setValue(query)
    // GraphiQL updates the operation name later, and until then would run the query under the previous name.
    setOperationName(getOperationAST(parse(query))?.name?.value ?? '')
  }
  return (
    <nav aria-label="Example queries">
      Examples:
      {EXAMPLE_QUERIES.map(({ name, query }) => (
        <button key={name} type="button" className="quiet" onClick={() => open(query)}>
          {name}
        </button>
      ))}
    </nav>
  )
}
