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
import { IdeContext, type IdeContextValue, type Notice } from './ide-context.ts'
import { createIdeFetcher, type SchemaWithRules } from './ide-fetcher.ts'
import type { IdeSettings } from './ide-settings.ts'
import { IdeToolbar } from './ide-toolbar.tsx'
import openPadlock from './padlock-open.svg?no-inline'
import shutPadlock from './padlock-shut.svg?no-inline'
import { computePadlocks } from './padlocks.ts'
import { SCOPES_PLUGIN } from './scopes-panel.tsx'
import type { EditorDraft, IdeSession } from './session-storage.ts'

/** GraphiQL's history would keep headers, and so tokens, in the browser's storage for good: it is left out. */
const PLUGINS = [SCOPES_PLUGIN]
const IMAGES = {
  open: new URL(openPadlock, import.meta.url).href,
  shut: new URL(shutPadlock, import.meta.url).href,
}

const TICK_MS = 1_000

type Props = {
  readonly settings: IdeSettings
  readonly session: IdeSession | undefined
  readonly callbackResult: CallbackResult | undefined
}

/** The whole page. */
export function IdeApp({ settings, session, callbackResult }: Props) {
  const token = useToken()
  const { bearerToken, heldScopes } = token
  const [known, setKnown] = useState<SchemaWithRules>()
  const [notice, tell] = useState(() => noticeOf(callbackResult))
  const [top, setTop] = useState<HTMLElement | null>(null)
  const source = useMemo(
    () =>
      createIdeFetcher({
        settings,
        images: IMAGES,
        onSchema: setKnown,
        onChallenge: (challenge) => tell(challenge && { kind: 'challenge', challenge }),
      }),
    [settings],
  )
  const locks = useMemo(
    () => (known ? computePadlocks(known.schema, known.rules, heldScopes) : []),
    [known, heldScopes],
  )
  const mark = useCallback(() => source.setToken(bearerToken, heldScopes), [source, bearerToken, heldScopes])
  const shared: IdeContextValue = {
    settings,
    session,
    ...token,
    schemaWithRules: known,
    padlocks: locks,
    notice,
    setNotice: tell,
    refreshPadlocks: mark,
  }
  return (
    <IdeContext value={shared}>
      <header className="ide-top" ref={setTop} />
      <main>
        <GraphiQL
          fetcher={source.fetcher}
          plugins={PLUGINS}
          visiblePlugin={SCOPES_PLUGIN.title}
          defaultQuery={EXAMPLE_QUERIES[0]?.query ?? ''}
          defaultEditorToolsVisibility="headers"
          shouldPersistHeaders={false}
          {...schemaOf(settings)}
          {...draftOf(callbackResult?.draft)}
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
          <IdeToolbar container={top} />
        </GraphiQL>
      </main>
    </IdeContext>
  )
}

/** The token at hand, what it says, and what it opens now. */
function useToken() {
  const [headers, setHeaders] = useState<EditorHeaders | undefined>({})
  const bearerToken = headers && findBearerToken(headers)
  const claims = useMemo(
    () => (bearerToken === undefined ? undefined : decodeUnverifiedClaims(bearerToken)),
    [bearerToken],
  )
  const isTokenExpired = useEnded(claims?.expiresAt)
  const heldScopes = useMemo(() => new Set(isTokenExpired ? [] : claims?.scopes), [claims, isTokenExpired])
  return {
    bearerToken,
    missingTokenHint: explainMissingToken(headers),
    claims,
    isTokenExpired,
    heldScopes,
    setHeaders,
  }
}

/** Whether that moment has passed; looked at again and again, since a timer for then would sleep when the machine does. */
function useEnded(endsAt = Number.POSITIVE_INFINITY): boolean {
  const [ended, setEnded] = useState(false)
  useEffect(() => {
    const look = () => setEnded(endsAt <= Date.now())
    look()
    const timer = setInterval(look, TICK_MS)
    return () => clearInterval(timer)
  }, [endsAt])
  return ended
}

/** GraphiQL asks for no schema when it is given none. */
const schemaOf = ({ introspection }: IdeSettings) => (introspection === 'off' ? { schema: null } : {})

const draftOf = (draft: EditorDraft | undefined) =>
  draft ? { initialQuery: draft.query, initialVariables: draft.variables, initialHeaders: draft.headers } : {}

function noticeOf(arrival: CallbackResult | undefined): Notice | undefined {
  if (!arrival) return undefined
  if (arrival.kind === 'signed-in') return { kind: 'signed-in' }
  return { kind: 'trouble', message: arrival.message, details: arrival.details }
}
