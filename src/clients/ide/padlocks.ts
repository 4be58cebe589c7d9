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
  Kind,
  type NameNode,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { describeScopes, type TableRow } from '../../scopes/index.ts'

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

/**
 * Computes the padlocks of the fields, arguments and input fields that are not public.
 * @param rows everything that they require: `table({ combined: true })` of the API's schema
 * @param heldScopes undefined without a valid token
 */
export function computePadlocks(
  schema: GraphQLSchema,
  rows: readonly TableRow[],
  heldScopes: ReadonlySet<string> | undefined,
) {
  const requiredScopes = new Map(rows.map(({ coordinate, scopes }) => [coordinate, scopes]))
  const padlocks: FieldPadlock[] = []
  const add = (type: TypeWithFields, field: Field, argument?: GraphQLArgument) => {
    const coordinate = `${type.name}.${field.name}${argument ? `(${argument.name}:)` : ''}`
    const scopes = requiredScopes.get(coordinate)
    if (!scopes) return
    const isOpen =
      heldScopes !== undefined &&
      scopes.some((alternative) => alternative.every((scope) => heldScopes.has(scope)))
    padlocks.push({
      coordinate,
      type,
      field,
      element: argument ?? field,
      requirement: describeScopes(scopes),
      state: isOpen ? 'open' : 'locked',
    })
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getFields' in type)) continue
    for (const field of Object.values<Field>(type.getFields())) {
      add(type, field)
      for (const argument of 'args' in field ? field.args : []) add(type, field, argument)
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
  // Scopes may contain characters with a meaning in Markdown.
  const escaped = requirement.replace(/[\\`*_[\]<>]/g, '\\$&')
  element.description = `![${describePadlockState(state)}](${images[state]}) **requires ${escaped}**  \n${element.description ?? ''}`
}
