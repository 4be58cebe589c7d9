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
import { useEffect, useMemo, useReducer, useRef, useState } from 'react'
import {
  decodeUnverifiedClaims,
  type EditorHeaders,
  explainMissingToken,
  findBearerToken,
  withBearerToken,
} from './access-token.ts'
import { AccountBar } from './account-bar.tsx'
import { ActionButtons } from './action-buttons.tsx'
import { loadDeniedFields } from './denied-fields.ts'
import { DeniedFieldsChoice } from './denied-fields-choice.tsx'
import { useLockedMarkers, useMaskedTokens, useQueryInView } from './editor-hooks.ts'
import { ExampleButtons } from './example-buttons.tsx'
import { EXAMPLE_QUERIES } from './example-queries.ts'
import { loadHistory } from './history.ts'
import { HISTORY_PLUGIN } from './history-panel.tsx'
import {
  IdeContext,
  type IdeStatus,
  type Notice,
  type TokenState,
  type UpdateStatus,
  useClock,
} from './ide-context.ts'
import { createIdeFetcher } from './ide-fetcher.ts'
import type { IdeSettings } from './ide-settings.ts'
import { NoticeLine } from './notice-line.tsx'
import { OperationLine } from './operation-line.tsx'
import { computePadlocks } from './padlocks.ts'
import { ResponseLine } from './response-line.tsx'
import { SCOPES_PLUGIN } from './scopes-panel.tsx'
import {
  type CallbackResult,
  describeSignInError,
  type EditorDraft,
  type IdeSession,
  redirectToSignIn,
} from './sign-in.ts'

const PLUGINS = [DOC_EXPLORER_PLUGIN, SCOPES_PLUGIN, HISTORY_PLUGIN]
/** In narrow windows a panel would be above the editors. */
const INITIAL_PANEL = matchMedia('(max-width: 900px)').matches ? {} : { visiblePlugin: SCOPES_PLUGIN }

type Props = {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  readonly callbackResult: CallbackResult | undefined
}

export function IdeApp({ settings, session, callbackResult }: Props) {
  const [status, update] = useReducer(
    (previous: IdeStatus, change: Partial<IdeStatus>) => ({ ...previous, ...change }),
    {
      scopes: undefined,
      deniedFields: loadDeniedFields(settings),
      notice: toNotice(callbackResult),
      summary: undefined,
      history: loadHistory(),
    },
  )
  const [{ fetcher, ...actions }] = useState(() => createIdeFetcher(settings, update))
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      plugins={PLUGINS}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      defaultQuery={EXAMPLE_QUERIES[0]?.query ?? ''}
      shouldPersistHeaders={false}
      {...INITIAL_PANEL}
      {...toSchemaProps(settings)}
      {...(callbackResult?.draft ?? readUrlDraft())}
    >
      <DocExplorerStore>
        <IdePage {...{ settings, session, status, update }} {...actions} />
      </DocExplorerStore>
    </GraphiQLProvider>
  )
}

/** GraphiQL sends no introspection query when its schema is null. */
const toSchemaProps = ({ introspection }: IdeSettings) => (introspection === 'off' ? { schema: null } : {})

/** Reads an operation from the parameters of the page's URL, which are those of a GET request. It is not executed. */
function readUrlDraft(): EditorDraft | undefined {
  const parameters = new URLSearchParams(location.search)
  const initialQuery = parameters.get('query')
  if (initialQuery === null) return undefined
  return { initialQuery, initialVariables: parameters.get('variables') ?? '', initialHeaders: '' }
}

function toNotice(result: CallbackResult | undefined): Notice | undefined {
  if (!result) return undefined
  return result.error ? { kind: 'message', ...result.error } : { kind: 'signed-in' }
}

type IdePageProps = Pick<Props, 'settings' | 'session'> & {
  readonly status: IdeStatus
  readonly update: UpdateStatus
} & Omit<ReturnType<typeof createIdeFetcher>, 'fetcher'>

/** Everything inside GraphiQL's provider, whose editors and schema the IDE's own components use. */
function IdePage({ settings, session, status, update, ...actions }: IdePageProps) {
  const { setToken, setDeniedFields, downloadSchema } = actions
  const { scopes, deniedFields } = status
  const { schema, queryEditor, variableEditor, headerEditor } = useGraphiQL(
    pick('schema', 'queryEditor', 'variableEditor', 'headerEditor'),
  )
  const token = useTokenOfActiveTab(settings)
  useSessionInHeaders(session)
  useTokenInSchema(token, setToken)
  useEffect(() => setDeniedFields(deniedFields), [setDeniedFields, deniedFields])
  const apiScopes = settings.scopes.map(({ name }) => name)
  const padlocks = useMemo(
    () =>
      schema && scopes ? computePadlocks(schema, scopes.table({ combined: true }), token.heldScopes) : [],
    [schema, scopes, token.heldScopes],
  )
  useLockedMarkers(padlocks)
  useMaskedTokens()
  useQueryInView()
  useUrlOperationName()
  useSummaryReset(update)
  const signIn = (requestedScopes: readonly string[]) => {
    const scopes = requestedScopes.length > 0 ? requestedScopes : apiScopes.slice(0, 1)
    const draft = {
      initialQuery: queryEditor?.getValue() ?? '',
      initialVariables: variableEditor?.getValue() ?? '',
      initialHeaders: withBearerToken(parseHeaders(headerEditor?.getValue()) ?? {}, undefined),
    }
    redirectToSignIn(settings, scopes, draft).catch((error) =>
      update({ notice: { kind: 'message', ...describeSignInError(error, scopes) } }),
    )
  }
  const ide = {
    ...status,
    update,
    settings,
    session,
    token,
    tokenScopes: token.claims?.scopes.filter((scope) => apiScopes.includes(scope)) ?? [],
    padlocks,
    signIn: settings.clientId === undefined ? undefined : signIn,
  }
  return (
    <IdeContext value={ide}>
      <header className="ide-top">
        <AccountBar />
        <NoticeLine />
        <div className="ide-operation-row">
          <ExampleButtons />
          <ActionButtons downloadSchema={downloadSchema} />
        </div>
        <div className="ide-operation-row">
          <DeniedFieldsChoice />
          <OperationLine />
        </div>
      </header>
      <main>
        <GraphiQLInterface defaultEditorToolsVisibility="variables" showPersistHeadersSettings={false}>
          <GraphiQL.Logo> </GraphiQL.Logo>
          <GraphiQL.Footer>
            <ResponseLine />
          </GraphiQL.Footer>
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

function useTokenOfActiveTab({ scopeClaims }: IdeSettings): TokenState {
  const [text] = useHeadersEditorState()
  const headers = parseHeaders(text)
  const bearerToken = headers && findBearerToken(headers)
  const claims = useMemo(
    () => (bearerToken === undefined ? undefined : decodeUnverifiedClaims(bearerToken, scopeClaims)),
    [bearerToken, scopeClaims],
  )
  const isTokenExpired = useClock((now) => claims?.expiresAt !== undefined && claims.expiresAt <= now)
  const heldScopes = useMemo(
    () => (bearerToken === undefined || isTokenExpired ? undefined : new Set(claims?.scopes)),
    [bearerToken, claims, isTokenExpired],
  )
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

/** Selects the operation that the URL names, once the editor knows the operations of the query. */
function useUrlOperationName(): void {
  const hasEditor = useGraphiQL((state) => state.queryEditor !== undefined)
  const { setOperationName } = useGraphiQLActions()
  useEffect(() => {
    const name = new URLSearchParams(location.search).get('operationName')
    if (hasEditor && name !== null) setOperationName(name)
  }, [hasEditor, setOperationName])
}

/** Clears the status of the last response when another tab is opened. */
function useSummaryReset(update: UpdateStatus): void {
  const activeTab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id)
  useDidUpdate(() => update({ summary: undefined }), [activeTab, update])
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
