import type { IntrospectionQuery } from 'graphql'
import { buildClientSchema, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { inWords } from '../scopes/describe.ts'
import { fieldRule } from '../scopes/field-rules.ts'
import { ANYBODY, type Rule, satisfies } from '../scopes/rule.ts'
import type { Rules } from '../scopes/rules.ts'

/** One place of the schema with what it asks for, and whether a token's scopes open it. */
export type Guarded = {
  readonly coordinate: string
  readonly type: string
  readonly field: string
  /** In words: `a and b, or c`; empty where nothing is asked. */
  readonly asks: string
  readonly state: 'open' | 'shut' | 'public'
}

/** The rules as the API sends them. */
export const rulesFrom = (rows: readonly { coordinate: string; scopes: Rule }[]): Rules =>
  new Map(rows.map(({ coordinate, scopes }) => [coordinate, scopes]))

/** Everything in the schema that can be selected or given, with its padlock for these scopes. */
export function padlocks(
  schema: IntrospectionQuery,
  rules: Rules,
  held: ReadonlySet<string>,
): readonly Guarded[] {
  const built = buildClientSchema(schema)
  return Object.values(built.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return []
    const row = (field: string, rule: Rule) => guarded(`${type.name}.${field}`, type.name, field, rule, held)
    if (isObjectType(type) || isInterfaceType(type))
      return Object.keys(type.getFields()).map((name) => row(name, fieldRule(built, rules, type, name)))
    if (isInputObjectType(type))
      return Object.keys(type.getFields()).map((name) =>
        row(name, rules.get(`${type.name}.${name}`) ?? ANYBODY),
      )
    return []
  })
}

function guarded(
  coordinate: string,
  type: string,
  field: string,
  rule: Rule,
  held: ReadonlySet<string>,
): Guarded {
  if (rule.some((alternative) => alternative.length === 0))
    return { coordinate, type, field, asks: '', state: 'public' }
  return { coordinate, type, field, asks: inWords(rule), state: satisfies(rule, held) ? 'open' : 'shut' }
}

/** What stands for a padlock where only Markdown may: an image with a name for who cannot see it. */
export type Images = { readonly open: string; readonly shut: string }

/** The schema's description with a padlock in front of each field's: the documentation, hints and hovers are made from it. */
export function withPadlocks(
  schema: IntrospectionQuery,
  locks: readonly Guarded[],
  images: Images,
): IntrospectionQuery {
  const byCoordinate = new Map(locks.map((lock) => [lock.coordinate, lock]))
  const marked = <Field extends { name: string; description?: string | null | undefined }>(
    type: string,
    field: Field,
  ) => {
    const lock = byCoordinate.get(`${type}.${field.name}`)
    if (!lock || lock.state === 'public') return field
    return { ...field, description: description(lock, field.description ?? '', images) }
  }
  const types = schema.__schema.types.map((type) => {
    if (type.kind === 'OBJECT' || type.kind === 'INTERFACE')
      return { ...type, fields: type.fields.map((field) => marked(type.name, field)) }
    if (type.kind === 'INPUT_OBJECT')
      return { ...type, inputFields: type.inputFields.map((field) => marked(type.name, field)) }
    return type
  })
  return { __schema: { ...schema.__schema, types } }
}

/** The words that go with a padlock: nobody should have to tell by its look. */
export const stateWords = (state: Guarded['state']) =>
  ({ public: 'open to everybody', open: 'open for your token', shut: 'shut' })[state]

function description({ asks, state }: Guarded, own: string, images: Images): string {
  // The API ends its descriptions with the same words; here they come first, with the padlock.
  const rest = own.replace(`Needs ${asks}.`, '').trim()
  return `![${stateWords(state)}](${images[state === 'open' ? 'open' : 'shut']}) **needs ${asks}**  \n${rest}`
}
