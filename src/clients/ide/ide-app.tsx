import { GraphiQL } from 'graphiql'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { bearerIn, type Headers, readClaims, whyNoBearer } from './access-token.ts'
import { STARTERS } from './example-queries.ts'
import type { Arrival } from './handle-callback.ts'
import { type Notice, type Shared, SharedContext } from './ide-context.ts'
import { createSource, type Known } from './ide-fetcher.ts'
import type { Settings } from './ide-settings.ts'
import { Workbench } from './ide-toolbar.tsx'
import openPadlock from './padlock-open.svg?no-inline'
import shutPadlock from './padlock-shut.svg?no-inline'
import { padlocks } from './padlocks.ts'
import { SCOPES_PLUGIN } from './scopes-panel.tsx'
import type { Draft, Session } from './session-storage.ts'

/** GraphiQL's history would keep headers, and so tokens, in the browser's storage for good: it is left out. */
const PLUGINS = [SCOPES_PLUGIN]
const IMAGES = {
  open: new URL(openPadlock, import.meta.url).href,
  shut: new URL(shutPadlock, import.meta.url).href,
}

const TICK_MS = 1_000

type Props = {
  readonly settings: Settings
  readonly session: Session | undefined
  readonly arrival: Arrival | undefined
}

/** The whole page. */
export function Ide({ settings, session, arrival }: Props) {
  const token = useToken()
  const { bearer, held } = token
  const [known, setKnown] = useState<Known>()
  const [notice, tell] = useState(() => noticeOf(arrival))
  const [top, setTop] = useState<HTMLElement | null>(null)
  const source = useMemo(
    () =>
      createSource({
        settings,
        images: IMAGES,
        onSchema: setKnown,
        onChallenge: (challenge) => tell(challenge && { kind: 'challenge', challenge }),
      }),
    [settings],
  )
  const locks = useMemo(() => (known ? padlocks(known.schema, known.rules, held) : []), [known, held])
  const mark = useCallback(() => source.seeWith(bearer, held), [source, bearer, held])
  const shared: Shared = { settings, session, ...token, known, locks, notice, tell, mark }
  return (
    <SharedContext value={shared}>
      <header className="ide-top" ref={setTop} />
      <main>
        <GraphiQL
          fetcher={source.fetcher}
          plugins={PLUGINS}
          visiblePlugin={SCOPES_PLUGIN.title}
          defaultQuery={STARTERS[0]?.query ?? ''}
          defaultEditorToolsVisibility="headers"
          shouldPersistHeaders={false}
          {...schemaOf(settings)}
          {...draftOf(arrival?.draft)}
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
          <Workbench top={top} />
        </GraphiQL>
      </main>
    </SharedContext>
  )
}

/** The token at hand, what it says, and what it opens now. */
function useToken() {
  const [headers, setHeaders] = useState<Headers | undefined>({})
  const bearer = headers && bearerIn(headers)
  const claims = useMemo(() => (bearer === undefined ? undefined : readClaims(bearer)), [bearer])
  const ended = useEnded(claims?.endsAt)
  const held = useMemo(() => new Set(ended ? [] : claims?.scopes), [claims, ended])
  return { bearer, hint: whyNoBearer(headers), claims, ended, held, setHeaders }
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
const schemaOf = ({ introspection }: Settings) => (introspection === 'off' ? { schema: null } : {})

const draftOf = (draft: Draft | undefined) =>
  draft ? { initialQuery: draft.query, initialVariables: draft.variables, initialHeaders: draft.headers } : {}

function noticeOf(arrival: Arrival | undefined): Notice | undefined {
  if (!arrival) return undefined
  if (arrival.kind === 'signed-in') return { kind: 'signed-in' }
  return { kind: 'trouble', words: arrival.words, details: arrival.details }
}
