import {
  type GraphiQLPlugin,
  pick,
  type SchemaReference,
  useGraphiQL,
  useGraphiQLActions,
} from '@graphiql/react'
import { isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { useSchema, useSettings, useToken } from './ide-context.ts'
import type { IdeSettings } from './ide-settings.ts'
import { Padlock } from './padlock.tsx'
import { describePadlockState, type FieldPadlock } from './padlocks.ts'

/** Shown in place of the fields while the schema is not loaded. */
const MISSING_SCHEMA_TEXT = {
  open: '',
  authenticated: 'Sign in or add an access token to list the fields.',
  off: 'Introspection is off, so the fields cannot be listed.',
}

/** A panel of all fields that require scopes, grouped by type, with their padlocks. */
function ScopesPanel() {
  const settings = useSettings()
  const { heldScopes } = useToken()
  const { rules, padlocks } = useSchema()
  const guarded = padlocks.filter(({ state }) => state !== 'public')
  const types = [...new Set(guarded.map(({ type }) => type))]
  return (
    <section className="ide-scopes" aria-label="Scopes">
      <h2>Scopes</h2>
      <p>{rules ? <Summary guarded={guarded} /> : MISSING_SCHEMA_TEXT[settings.introspection]}</p>
      <dl>
        {settings.scopes.map((scope) => (
          <Scope key={scope.name} {...scope} isGranted={heldScopes.has(scope.name)} />
        ))}
      </dl>
      {types.map((type) => (
        <FieldList key={type} type={type} padlocks={guarded.filter((padlock) => padlock.type === type)} />
      ))}
    </section>
  )
}

function Summary({ guarded }: { readonly guarded: readonly FieldPadlock[] }) {
  const { bearerToken, isTokenExpired } = useToken()
  const total = guarded.length
  const open = guarded.filter(({ state }) => state === 'open').length
  const rest = 'Fields that are not listed require no scope of their own.'
  if (bearerToken === undefined) return `Without a token, these ${total} fields are locked. ${rest}`
  if (isTokenExpired) return `Your token has expired, so these ${total} fields are locked. ${rest}`
  return `Your token allows ${open} of these ${total} fields. ${rest}`
}

function Scope(props: IdeSettings['scopes'][number] & { readonly isGranted: boolean }) {
  const { name, description, isGranted } = props
  return (
    <div className={isGranted ? 'granted' : ''}>
      <dt>
        <Padlock state={isGranted ? 'open' : 'locked'} label={isGranted ? 'granted' : 'not granted'} />
        <code>{name}</code>
      </dt>
      <dd>{description}</dd>
    </div>
  )
}

function FieldList({
  type,
  padlocks,
}: {
  readonly type: string
  readonly padlocks: readonly FieldPadlock[]
}) {
  const showDocumentation = useShowDocumentation()
  return (
    <>
      <h3>{type}</h3>
      <ul>
        {padlocks.map((padlock) => (
          <li key={padlock.coordinate} data-coordinate={padlock.coordinate} data-state={padlock.state}>
            <Padlock state={padlock.state === 'open' ? 'open' : 'locked'} />
            <button type="button" onClick={() => showDocumentation(padlock)}>
              {padlock.field}
            </button>
            <span>
              requires {padlock.requirement} · {describePadlockState(padlock.state)}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Returns a function that opens the documentation of a field. */
function useShowDocumentation(): (padlock: FieldPadlock) => void {
  const { schema, referencePlugin } = useGraphiQL(pick('schema', 'referencePlugin'))
  const { setSchemaReference, setVisiblePlugin } = useGraphiQLActions()
  return function showDocumentation({ type: typeName, field }) {
    const type = schema?.getType(typeName)
    const [fieldName = ''] = field.split('(', 1)
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return
    const kind = isInputObjectType(type) ? 'ObjectField' : 'Field'
    const fieldDef = type.getFields()[fieldName]
    const typeInfo = { schema, parentType: type, inputObjectType: type, fieldDef }
    setSchemaReference({ kind, typeInfo } as unknown as SchemaReference)
    setVisiblePlugin(referencePlugin ?? null)
  }
}

export const SCOPES_PLUGIN: GraphiQLPlugin = {
  title: 'Scopes',
  icon: () => <Padlock state="locked" />,
  content: ScopesPanel,
}
