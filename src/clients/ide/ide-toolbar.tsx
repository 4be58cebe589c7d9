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
import { type Headers, withBearer } from './access-token.ts'
import { Bar } from './account-bar.tsx'
import { unreachable } from './authorization-server.ts'
import { STARTERS } from './example-queries.ts'
import { useShared } from './ide-context.ts'
import { NoticeLine } from './notice-line.tsx'
import { OperationLine } from './operation-line.tsx'
import { goSignIn } from './sign-in.ts'
import { signOut } from './sign-out.ts'

/** What stands above GraphiQL and works with its editors. */
export function Workbench({ top }: { readonly top: HTMLElement | null }) {
  const { settings, session, tell } = useShared()
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
      headers: withBearer(headersIn(headerEditor?.getValue()) ?? {}, undefined),
    }
    if (clientId !== undefined)
      goSignIn(settings, clientId, scopes, draft).catch((error) =>
        tell({ kind: 'trouble', words: unreachable(error) }),
      )
  }
  const leave = () => {
    if (session && clientId !== undefined) signOut(settings, clientId, session)
  }
  if (!top) return null
  return createPortal(
    <>
      <Bar ask={ask} leave={leave} />
      <NoticeLine ask={ask} />
      <div className="ide-line">
        <Starters />
        <OperationLine />
      </div>
    </>,
    top,
  )
}

/** The header editor's text as GraphiQL reads it, comments and all; undefined where it would not send it. */
function headersIn(text: string | undefined): Headers | undefined {
  try {
    return tryParseJSONC(text) ?? {}
  } catch {
    return undefined
  }
}

/** Puts the session's token into each tab's headers once; what the person makes of them then is theirs. */
function useSessionInHeaders(): void {
  const { session } = useShared()
  const { headerEditor, tabs, activeTabIndex } = useGraphiQL(pick('headerEditor', 'tabs', 'activeTabIndex'))
  const filled = useRef(new Set<string>())
  const tab = tabs[activeTabIndex]?.id
  useEffect(() => {
    if (!headerEditor || !session || tab === undefined || filled.current.has(tab)) return
    filled.current.add(tab)
    headerEditor.setValue(withBearer(headersIn(headerEditor.getValue()) ?? {}, session.accessToken))
  }, [headerEditor, session, tab])
}

/** Tells everybody which token is at hand, and has the schema marked anew when another one is, or it has ended. */
function useTokenAtHand(): void {
  const { settings, setHeaders, mark } = useShared()
  const { introspect } = useGraphiQLActions()
  const [headers] = useHeadersEditorState()
  useEffect(() => setHeaders(headersIn(headers)), [headers, setHeaders])
  // GraphiQL asks for the schema by itself at first.
  useDidUpdate(() => {
    mark()
    if (settings.introspection !== 'off') introspect()
  }, [mark])
}

/** Operations to begin with; what the person wrote is left alone. */
function Starters() {
  const { queryEditor } = useGraphiQL(pick('queryEditor'))
  const { addTab, setOperationName } = useGraphiQLActions()
  const open = (query: string) => {
    const now = queryEditor?.getValue() ?? ''
    if (now.trim() !== '' && !STARTERS.some((starter) => starter.query === now)) addTab()
    queryEditor?.setValue(query)
    // GraphiQL notices a moment later, and would run the one before by its name.
    setOperationName(getOperationAST(parse(query))?.name?.value ?? '')
  }
  return (
    <nav aria-label="Operations to begin with">
      Try:
      {STARTERS.map(({ name, query }) => (
        <button key={name} type="button" className="quiet" onClick={() => open(query)}>
          {name}
        </button>
      ))}
    </nav>
  )
}
