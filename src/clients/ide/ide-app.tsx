import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer'
import {
  GraphiQLProvider,
  pick,
  tryParseJSONC,
  useDidUpdate,
  useGraphiQL,
  useGraphiQLActions,
  useHeadersEditorState,
} from '@graphiql/react'
import { GraphiQL, GraphiQLInterface } from 'graphiql'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Rules } from '../../scopes/index.ts'
import {
  decodeUnverifiedClaims,
  type EditorHeaders,
  explainMissingToken,
  findBearerToken,
  withBearerToken,
} from './access-token.ts'
import { AccountBar } from './account-bar.tsx'
import { ExampleButtons } from './example-buttons.tsx'
import { EXAMPLE_QUERIES } from './example-queries.ts'
import { IdeContext, type TokenState, useClock } from './ide-context.ts'
import { createIdeFetcher } from './ide-fetcher.ts'
import type { IdeSettings } from './ide-settings.ts'
import { type Notice, NoticeLine } from './notice-line.tsx'
import { OperationLine } from './operation-line.tsx'
import { computePadlocks } from './padlocks.ts'
import { SCOPES_PLUGIN } from './scopes-panel.tsx'
import {
  type CallbackResult,
  describeSignInError,
  type EditorDraft,
  type IdeSession,
  redirectToSignIn,
} from './sign-in.ts'

/** Without GraphiQL's history plugin, which would persist headers, and so tokens, in the browser's storage. */
const PLUGINS = [DOC_EXPLORER_PLUGIN, SCOPES_PLUGIN]

type Props = {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  readonly callbackResult: CallbackResult | undefined
}

/** The whole page. */
export function IdeApp({ settings, session, callbackResult }: Props) {
  const [rules, setRules] = useState<Rules>()
  const [notice, setNotice] = useState(() => toNotice(callbackResult))
  const [{ fetcher, setToken }] = useState(() =>
    createIdeFetcher({
      settings,
      onRules: setRules,
      onChallenge: (challenge) => setNotice(challenge && { kind: 'challenge', challenge }),
    }),
  )
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      visiblePlugin={SCOPES_PLUGIN}
      defaultQuery={EXAMPLE_QUERIES[0]?.query ?? ''}
      shouldPersistHeaders={false}
      {...toSchemaProps(settings)}
      {...toDraftProps(callbackResult?.draft)}
    >
      <DocExplorerStore>
        <IdePage {...{ settings, session, rules, notice, setNotice, setToken }} />
      </DocExplorerStore>
    </GraphiQLProvider>
  )
}

/** GraphiQL sends no introspection query when its schema is null. */
const toSchemaProps = ({ introspection }: IdeSettings) => (introspection === 'off' ? { schema: null } : {})

const toDraftProps = (draft: EditorDraft | undefined) =>
  draft ? { initialQuery: draft.query, initialVariables: draft.variables, initialHeaders: draft.headers } : {}

function toNotice(result: CallbackResult | undefined): Notice | undefined {
  if (!result) return undefined
  return result.error ? { kind: 'error', error: result.error } : { kind: 'signed-in' }
}

type IdePageProps = Pick<Props, 'settings' | 'session'> & {
  readonly rules: Rules | undefined
  readonly notice: Notice | undefined
  readonly setNotice: (notice: Notice | undefined) => void
  readonly setToken: ReturnType<typeof createIdeFetcher>['setToken']
}

/** Everything inside GraphiQL's provider, whose editors and schema the IDE's own components use. */
function IdePage({ settings, session, rules, notice, setNotice, setToken }: IdePageProps) {
  const { schema, queryEditor, variableEditor, headerEditor } = useGraphiQL(
    pick('schema', 'queryEditor', 'variableEditor', 'headerEditor'),
  )
  const token = useTokenOfActiveTab()
  useSessionInHeaders(session)
  useTokenInSchema(token, setToken)
  const apiScopes = settings.scopes.map(({ name }) => name)
  const padlocks = useMemo(
    () => (schema && rules ? computePadlocks(schema, rules, token.heldScopes) : []),
    [schema, rules, token.heldScopes],
  )
  const signIn = (requestedScopes: readonly string[]) => {
    const scopes = requestedScopes.length > 0 ? requestedScopes : apiScopes.slice(0, 1)
    const draft = {
      query: queryEditor?.getValue() ?? '',
      variables: variableEditor?.getValue() ?? '',
      headers: withBearerToken(parseHeaders(headerEditor?.getValue()) ?? {}, undefined),
    }
    redirectToSignIn(settings, scopes, draft).catch((error) =>
      setNotice({ kind: 'error', error: describeSignInError(error, scopes) }),
    )
  }
  const ide = {
    settings,
    session,
    token,
    tokenScopes: token.claims?.scopes.filter((scope) => apiScopes.includes(scope)) ?? [],
    rules,
    padlocks,
    signIn: settings.clientId === undefined ? undefined : signIn,
  }
  return (
    <IdeContext value={ide}>
      <header className="ide-top">
        <AccountBar />
        <NoticeLine notice={notice} onDismiss={() => setNotice(undefined)} />
        <div className="ide-operation-row">
          <ExampleButtons />
          <OperationLine />
        </div>
      </header>
      <main>
        <GraphiQLInterface defaultEditorToolsVisibility="headers" showPersistHeadersSettings={false}>
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQLInterface>
      </main>
    </IdeContext>
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

function useTokenOfActiveTab(): TokenState {
  const [text] = useHeadersEditorState()
  const headers = parseHeaders(text)
  const bearerToken = headers && findBearerToken(headers)
  const claims = useMemo(
    () => (bearerToken === undefined ? undefined : decodeUnverifiedClaims(bearerToken)),
    [bearerToken],
  )
  const isTokenExpired = useClock((now) => claims?.expiresAt !== undefined && claims.expiresAt <= now)
  const heldScopes = useMemo(() => new Set(isTokenExpired ? [] : claims?.scopes), [claims, isTokenExpired])
  return { bearerToken, missingTokenHint: explainMissingToken(headers), claims, isTokenExpired, heldScopes }
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

/** Updates the padlocks in the schema when the token changes or expires. */
function useTokenInSchema({ bearerToken, heldScopes }: TokenState, setToken: IdePageProps['setToken']): void {
  const { introspect } = useGraphiQLActions()
  // Not on the first render: GraphiQL sends the first introspection query by itself.
  useDidUpdate(() => {
    setToken(bearerToken, heldScopes)
    introspect()
  }, [bearerToken, heldScopes, setToken, introspect])
}
