import { GraphiQL } from 'graphiql'
import { useCallback, useEffect, useMemo, useState } from 'react'
import {
  decodeUnverifiedClaims,
  type EditorHeaders,
  explainMissingToken,
  findBearerToken,
} from './access-token.ts'
import { EXAMPLE_QUERIES } from './example-queries.ts'
import type { CallbackResult } from './handle-callback.ts'
import { SchemaContext, SettingsContext, TokenContext, type TokenState } from './ide-context.ts'
import { createIdeFetcher, type SchemaWithRules } from './ide-fetcher.ts'
import type { IdeSettings } from './ide-settings.ts'
import { IdeToolbar } from './ide-toolbar.tsx'
import type { Notice } from './notice-line.tsx'
import lockedPadlock from './padlock-locked.svg?no-inline'
import openPadlock from './padlock-open.svg?no-inline'
import { computePadlocks } from './padlocks.ts'
import { SCOPES_PLUGIN } from './scopes-panel.tsx'
import type { EditorDraft, IdeSession } from './session-storage.ts'

/** Without GraphiQL's history plugin, which would persist headers, and so tokens, in the browser's storage. */
const PLUGINS = [SCOPES_PLUGIN]
const PADLOCK_IMAGES = {
  open: new URL(openPadlock, import.meta.url).href,
  locked: new URL(lockedPadlock, import.meta.url).href,
}

const TICK_MS = 1_000

type Props = {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  readonly callbackResult: CallbackResult | undefined
}

/** The whole page. */
export function IdeApp({ settings, session, callbackResult }: Props) {
  const [headers, setHeaders] = useState<EditorHeaders | undefined>({})
  const token = useTokenState(headers)
  const { bearerToken, heldScopes } = token
  const [schemaWithRules, setSchemaWithRules] = useState<SchemaWithRules>()
  const [notice, setNotice] = useState(() => toNotice(callbackResult))
  const [toolbarContainer, setToolbarContainer] = useState<HTMLElement | null>(null)
  const ideFetcher = useMemo(
    () =>
      createIdeFetcher({
        settings,
        images: PADLOCK_IMAGES,
        onSchema: setSchemaWithRules,
        onChallenge: (challenge) => setNotice(challenge && { kind: 'challenge', challenge }),
      }),
    [settings],
  )
  const padlocks = useMemo(
    () => (schemaWithRules ? computePadlocks(schemaWithRules.schema, schemaWithRules.rules, heldScopes) : []),
    [schemaWithRules, heldScopes],
  )
  const refreshPadlocks = useCallback(
    () => ideFetcher.setToken(bearerToken, heldScopes),
    [ideFetcher, bearerToken, heldScopes],
  )
  return (
    <SettingsContext value={settings}>
      <TokenContext value={token}>
        <SchemaContext value={{ rules: schemaWithRules?.rules, padlocks }}>
          <header className="ide-top" ref={setToolbarContainer} />
          <main>
            <GraphiQL
              fetcher={ideFetcher.fetcher}
              plugins={PLUGINS}
              visiblePlugin={SCOPES_PLUGIN.title}
              defaultQuery={EXAMPLE_QUERIES[0]?.query ?? ''}
              defaultEditorToolsVisibility="headers"
              shouldPersistHeaders={false}
              {...toSchemaProps(settings)}
              {...toDraftProps(callbackResult?.draft)}
            >
              <GraphiQL.Logo> </GraphiQL.Logo>
              <IdeToolbar
                container={toolbarContainer}
                session={session}
                notice={notice}
                setNotice={setNotice}
                setHeaders={setHeaders}
                refreshPadlocks={refreshPadlocks}
              />
            </GraphiQL>
          </main>
        </SchemaContext>
      </TokenContext>
    </SettingsContext>
  )
}

function useTokenState(headers: EditorHeaders | undefined): TokenState {
  const bearerToken = headers && findBearerToken(headers)
  const claims = useMemo(
    () => (bearerToken === undefined ? undefined : decodeUnverifiedClaims(bearerToken)),
    [bearerToken],
  )
  const isTokenExpired = useIsExpired(claims?.expiresAt)
  const heldScopes = useMemo(() => new Set(isTokenExpired ? [] : claims?.scopes), [claims, isTokenExpired])
  return { bearerToken, missingTokenHint: explainMissingToken(headers), claims, isTokenExpired, heldScopes }
}

/** Polls the clock: one timer until the expiry would be late after the computer has slept. */
function useIsExpired(expiresAt = Number.POSITIVE_INFINITY): boolean {
  const [isExpired, setIsExpired] = useState(false)
  useEffect(() => {
    const check = () => setIsExpired(expiresAt <= Date.now())
    check()
    const timer = setInterval(check, TICK_MS)
    return () => clearInterval(timer)
  }, [expiresAt])
  return isExpired
}

/** GraphiQL sends no introspection query when its schema is null. */
const toSchemaProps = ({ introspection }: IdeSettings) => (introspection === 'off' ? { schema: null } : {})

const toDraftProps = (draft: EditorDraft | undefined) =>
  draft ? { initialQuery: draft.query, initialVariables: draft.variables, initialHeaders: draft.headers } : {}

function toNotice(result: CallbackResult | undefined): Notice | undefined {
  if (!result) return undefined
  if (result.kind === 'signed-in') return { kind: 'signed-in' }
  return { kind: 'error', message: result.message, details: result.details }
}
