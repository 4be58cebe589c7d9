import {
  type ASTNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  type NameNode,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { Rule } from '../../scopes/index.ts'
import { computeFieldRule, describeRule, isSatisfied, type Rules } from '../../scopes/internal.ts'

type TypeWithFields = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType
type Field = GraphQLField<unknown, unknown> | GraphQLInputField

/** A field or argument that requires scopes, with its rule evaluated for the scopes of a token. */
export type FieldPadlock = {
  readonly coordinate: string
  readonly type: TypeWithFields
  readonly field: Field
  /** The field, or one of its arguments. */
  readonly element: Field | GraphQLArgument
  /** The rule as text, for example `a and b, or c`. */
  readonly requirement: string
  readonly state: 'open' | 'locked'
}

/** URLs of the padlock images. */
export type PadlockImages = Readonly<Record<FieldPadlock['state'], string>>

/** Converts the rules from the API's JSON. */
export const toRules = (rows: readonly { coordinate: string; scopes: Rule }[]): Rules =>
  new Map(rows.map(({ coordinate, scopes }) => [coordinate, scopes]))

/** Computes the padlocks of the fields, arguments and input fields that are not public. */
export function computePadlocks(schema: GraphQLSchema, rules: Rules, heldScopes: ReadonlySet<string>) {
  const padlocks: FieldPadlock[] = []
  const add = (rule: Rule | undefined, type: TypeWithFields, field: Field, argument?: GraphQLArgument) => {
    const isPublic = rule === undefined || rule.some((alternative) => alternative.length === 0)
    if (isPublic) return
    const coordinate = `${type.name}.${field.name}${argument ? `(${argument.name}:)` : ''}`
    const requirement = describeRule(rule)
    const state = isSatisfied(rule, heldScopes) ? 'open' : 'locked'
    padlocks.push({ coordinate, type, field, element: argument ?? field, requirement, state })
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getFields' in type)) continue
    for (const field of Object.values<Field>(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`
      const isInput = isInputObjectType(type)
      add(isInput ? rules.get(coordinate) : computeFieldRule(rules, type, field.name), type, field)
      for (const argument of 'args' in field ? field.args : [])
        add(rules.get(`${coordinate}(${argument.name}:)`), type, field, argument)
    }
  }
  return padlocks
}

/**
 * Finds the names of fields, arguments and input fields in a query whose padlocks are locked. Values of variables are
 * not searched. Returns nothing while the query is incomplete.
 */
export function findLockedNames(schema: GraphQLSchema, padlocks: readonly FieldPadlock[], query: string) {
  const lockedNames: { name: string; line: number; column: number; requirement: string }[] = []
  const add = (coordinate: string, { value: name, loc }: NameNode) => {
    const padlock = padlocks.find((other) => other.coordinate === coordinate && other.state === 'locked')
    if (!padlock || !loc) return
    const { line, column } = loc.startToken
    lockedNames.push({ name, line, column, requirement: padlock.requirement })
  }
  const types = new TypeInfo(schema)
  const enter = (node: ASTNode) => {
    const field = `${types.getParentType()?.name}.${types.getFieldDef()?.name}`
    if (node.kind === Kind.FIELD) add(field, node.name)
    if (node.kind === Kind.ARGUMENT && !types.getDirective()) add(`${field}(${node.name.value}:)`, node.name)
    if (node.kind === Kind.OBJECT_FIELD)
      add(`${getNamedType(types.getParentInputType())?.name}.${node.name.value}`, node.name)
  }
  try {
    visit(parse(query), visitWithTypeInfo(types, { enter }))
  } catch {
    return []
  }
  return lockedNames
}

/** Describes a padlock in words, for users who cannot see its image. */
export const describePadlockState = (state: FieldPadlock['state']) =>
  state === 'open' ? 'allowed by your token' : 'locked'

/** Adds a padlock to the description of its field or argument, as Markdown. */
export function addPadlockToDescription(padlock: FieldPadlock, images: PadlockImages): void {
  const { element, requirement, state } = padlock
  // The API's description ends with a paragraph about the same requirement.
  const paragraphs = (element.description ?? '').split('\n\n')
  if (paragraphs.at(-1)?.endsWith(` ${requirement}.`)) paragraphs.pop()
  // Scopes may contain characters with a meaning in Markdown.
  const escaped = requirement.replace(/[\\`*_[\]<>]/g, '\\$&')
  element.description = `![${describePadlockState(state)}](${images[state]}) **requires ${escaped}**  \n${paragraphs.join('\n\n')}`
}
