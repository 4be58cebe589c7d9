import { DOC_EXPLORER_PLUGIN, useDocExplorerActions } from '@graphiql/plugin-doc-explorer'
import { type GraphiQLPlugin, useGraphiQLActions } from '@graphiql/react'
import { useIde } from './ide-context.ts'
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
  const { settings, token, scopes, padlocks } = useIde()
  const types = [...new Set(padlocks.map(({ type }) => type))]
  return (
    <section className="ide-panel" aria-label="Scopes">
      <h2>Scopes</h2>
      <p>{scopes ? <Summary /> : MISSING_SCHEMA_TEXT[settings.introspection]}</p>
      <dl>
        {settings.scopes.map(({ name, description }) => {
          const isGranted = token.heldScopes?.has(name) === true
          return (
            <div key={name} className={isGranted ? 'granted' : ''}>
              <dt>
                <Padlock
                  state={isGranted ? 'open' : 'locked'}
                  label={isGranted ? 'granted' : 'not granted'}
                />
                <code>{name}</code>
              </dt>
              <dd>{description}</dd>
            </div>
          )
        })}
      </dl>
      {types.map((type) => (
        <div key={type.name}>
          <h3>{type.name}</h3>
          <ul>
            {padlocks
              .filter((padlock) => padlock.type === type)
              .map((padlock) => (
                <FieldRow key={padlock.coordinate} padlock={padlock} />
              ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function Summary() {
  const { token, padlocks } = useIde()
  const total = padlocks.length
  const open = padlocks.filter(({ state }) => state === 'open').length
  const rest = 'Fields that are not listed require no scope of their own.'
  if (token.bearerToken === undefined) return `Without a token, these ${total} fields are locked. ${rest}`
  if (token.isTokenExpired) return `Your token has expired, so these ${total} fields are locked. ${rest}`
  return `Your token allows ${open} of these ${total} fields. ${rest}`
}

function FieldRow({ padlock }: { readonly padlock: FieldPadlock }) {
  const { coordinate, type, field, requirement, state } = padlock
  const documentation = useDocExplorerActions()
  const { setVisiblePlugin } = useGraphiQLActions()
  const showDocumentation = () => {
    documentation.push({ name: type.name, def: type })
    documentation.push({ name: field.name, def: field })
    setVisiblePlugin(DOC_EXPLORER_PLUGIN)
  }
  return (
    <li data-coordinate={coordinate} data-state={state}>
      <Padlock state={state} />
      <button type="button" onClick={showDocumentation}>
        {coordinate.slice(type.name.length + 1)}
      </button>
      <span>
        requires {requirement} · {describePadlockState(state)}
      </span>
    </li>
  )
}

export const SCOPES_PLUGIN: GraphiQLPlugin = {
  title: 'Scopes',
  icon: () => <Padlock state="locked" />,
  content: ScopesPanel,
}
