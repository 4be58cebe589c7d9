import type { IntrospectionQuery } from 'graphql'
import { buildClientSchema, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import {
  ALLOW_ALL,
  computeFieldRule,
  describeRule,
  isSatisfied,
  type Rule,
  type Rules,
} from '../../scopes/index.ts'

/** One place of the schema with what it asks for, and whether a token's scopes open it. */
export type FieldPadlock = {
  readonly coordinate: string
  readonly type: string
  /** Its name, or `name(argument:)`. */
  readonly field: string
  /** In words: `a and b, or c`; empty where nothing is asked. */
  readonly requirement: string
  readonly state: 'open' | 'shut' | 'public'
}

/** The rules as the API sends them. */
export const toRules = (rows: readonly { coordinate: string; scopes: Rule }[]): Rules =>
  new Map(rows.map(({ coordinate, scopes }) => [coordinate, scopes]))

/** Everything in the schema that can be selected or given, with its padlock for these scopes. */
export function computePadlocks(
  schema: IntrospectionQuery,
  rules: Rules,
  held: ReadonlySet<string>,
): readonly FieldPadlock[] {
  const built = buildClientSchema(schema)
  return Object.values(built.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return []
    const row = (place: string, rule: Rule = ALLOW_ALL) => guarded(type.name, place, rule, held)
    if (isInputObjectType(type))
      return Object.keys(type.getFields()).map((name) => row(name, rules.get(`${type.name}.${name}`)))
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).flatMap(({ name, args }) => [
      row(name, computeFieldRule(built, rules, type, name)),
      ...args
        .map((argument) => `${name}(${argument.name}:)`)
        .map((place) => row(place, rules.get(`${type.name}.${place}`))),
    ])
  })
}

function guarded(type: string, field: string, rule: Rule, held: ReadonlySet<string>): FieldPadlock {
  const place = { coordinate: `${type}.${field}`, type, field }
  if (rule.some((alternative) => alternative.length === 0))
    return { ...place, requirement: '', state: 'public' }
  return { ...place, requirement: describeRule(rule), state: isSatisfied(rule, held) ? 'open' : 'shut' }
}

type Described = { readonly description?: string | null | undefined }

/** What stands for a padlock where only Markdown may: an image with a name for who cannot see it. */
export type PadlockImages = { readonly open: string; readonly shut: string }

/** The schema's description with a padlock in front of each field's: the documentation, hints and hovers are made from it. */
export function addPadlocksToSchema(
  schema: IntrospectionQuery,
  padlocks: readonly FieldPadlock[],
  images: PadlockImages,
): IntrospectionQuery {
  const byCoordinate = new Map(padlocks.map((lock) => [lock.coordinate, lock]))
  const marked = <Place extends Described>(coordinate: string, place: Place): Place => {
    const lock = byCoordinate.get(coordinate)
    if (!lock || lock.state === 'public') return place
    return { ...place, description: description(lock, place.description ?? '', images) }
  }
  const types = schema.__schema.types.map((type) => {
    const at = (name: string) => `${type.name}.${name}`
    if (type.kind === 'INPUT_OBJECT')
      return { ...type, inputFields: type.inputFields.map((field) => marked(at(field.name), field)) }
    if (type.kind !== 'OBJECT' && type.kind !== 'INTERFACE') return type
    const fields = type.fields.map((field) => {
      const args = field.args.map((argument) => marked(at(`${field.name}(${argument.name}:)`), argument))
      return marked(at(field.name), { ...field, args })
    })
    return { ...type, fields }
  })
  return { __schema: { ...schema.__schema, types } }
}

/** The words that go with a padlock: nobody should have to tell by its look. */
export const describePadlockState = (state: FieldPadlock['state']) =>
  ({ public: 'open to everybody', open: 'open for your token', shut: 'shut' })[state]

function description({ requirement, state }: FieldPadlock, own: string, images: PadlockImages): string {
  // The API ends its descriptions with the same words; here they come first, with the padlock.
  const end = `Requires ${requirement}.`
  const rest = own.endsWith(end) ? own.slice(0, -end.length).trim() : own
  // A scope may hold letters that Markdown reads.
  const plain = requirement.replace(/[\\`*_[\]<>]/g, '\\$&')
  return `![${describePadlockState(state)}](${images[state === 'open' ? 'open' : 'shut']}) **needs ${plain}**  \n${rest}`
}
