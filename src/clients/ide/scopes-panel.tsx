import {
  type GraphiQLPlugin,
  pick,
  type SchemaReference,
  useGraphiQL,
  useGraphiQLActions,
} from '@graphiql/react'
import { isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { useIdeContext } from './ide-context.ts'
import type { IdeSettings } from './ide-settings.ts'
import { Padlock } from './padlock.tsx'
import { describePadlockState, type FieldPadlock } from './padlocks.ts'

/** Why there is nothing to mark. */
const NOT_SHOWN = {
  open: '',
  authenticated: 'Fields and their padlocks are shown to whoever has a token.',
  off: 'This API does not describe its schema: no padlocks.',
}

/** Everything that asks for a scope, by type, each with its padlock for the token at hand. */
function ScopesPanel() {
  const { padlocks, bearerToken, heldScopes, isTokenExpired, settings, schemaWithRules } = useIdeContext()
  const guarded = padlocks.filter(({ state }) => state !== 'public')
  const types = [...new Set(guarded.map(({ type }) => type))]
  const open = guarded.filter(({ state }) => state === 'open').length
  return (
    <section className="ide-scopes" aria-label="Scopes">
      <h2>Scopes</h2>
      <p>
        {schemaWithRules && whose(bearerToken !== undefined, isTokenExpired, open, guarded.length)}
        {!schemaWithRules && NOT_SHOWN[settings.introspection]}
      </p>
      <dl>
        {settings.scopes.map((scope) => (
          <Scope key={scope.name} {...scope} held={heldScopes.has(scope.name)} />
        ))}
      </dl>
      {types.map((type) => (
        <FieldsOf key={type} type={type} fields={guarded.filter((lock) => lock.type === type)} />
      ))}
    </section>
  )
}

function Scope({ name, description, held }: IdeSettings['scopes'][number] & { readonly held: boolean }) {
  return (
    <div className={held ? 'held' : ''}>
      <dt>
        <Padlock state={held ? 'open' : 'shut'} label={held ? 'held' : 'not held'} />
        <code>{name}</code>
      </dt>
      <dd>{description}</dd>
    </div>
  )
}

function FieldsOf({ type, fields }: { readonly type: string; readonly fields: readonly FieldPadlock[] }) {
  const show = useDocumentation()
  return (
    <>
      <h3>{type}</h3>
      <ul>
        {fields.map((lock) => (
          <li key={lock.coordinate} data-coordinate={lock.coordinate} data-state={lock.state}>
            <Padlock state={lock.state === 'open' ? 'open' : 'shut'} />
            <button type="button" onClick={() => show(lock)}>
              {lock.field}
            </button>
            <span>
              needs {lock.requirement} · {describePadlockState(lock.state)}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** Opens the documentation at a field. */
function useDocumentation(): (lock: FieldPadlock) => void {
  const { schema, referencePlugin } = useGraphiQL(pick('schema', 'referencePlugin'))
  const { setSchemaReference, setVisiblePlugin } = useGraphiQLActions()
  return function show({ type: name, field }) {
    const type = schema?.getType(name)
    const [own = ''] = field.split('(', 1)
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return
    const kind = isInputObjectType(type) ? 'ObjectField' : 'Field'
    const typeInfo = { schema, parentType: type, inputObjectType: type, fieldDef: type.getFields()[own] }
    setSchemaReference({ kind, typeInfo } as unknown as SchemaReference)
    setVisiblePlugin(referencePlugin ?? null)
  }
}

function whose(token: boolean, ended: boolean, open: number, all: number): string {
  const rest = 'What is not listed asks for nothing of its own.'
  if (!token) return `Without a token these ${all} are shut. ${rest}`
  if (ended) return `Your token has ended, so these ${all} are shut. ${rest}`
  return `Your token opens ${open} of these ${all}. ${rest}`
}

export const SCOPES_PLUGIN: GraphiQLPlugin = {
  title: 'Scopes',
  icon: () => <Padlock state="shut" />,
  content: ScopesPanel,
}
