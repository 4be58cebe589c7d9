import {
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql'

/** What collecting needs to know. `variables` are looked at for `@skip` and `@include` alone. */
export type CompileContext = {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly variables: Readonly<Record<string, unknown>>
  /** Counts what is compiled, of all documents together. */
  readonly compiledFields: { count: number }
}

/** Of an answer's object, what each key is made of; a key may be written in several places. */
export type GroupedFields = Map<string, FieldNode[]>

/**
 * The fields of an object, in the order of its answer (GraphQL §6.3.2).
 * @param selectionSets the selection sets that are written for it, together
 */
export function collectFields(
  context: CompileContext,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): GroupedFields {
  const fields: GroupedFields = new Map()
  const seen = new Set<string>()
  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (!isIncluded(context, selection)) continue
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value
        const nodes = fields.get(key)
        if (nodes) nodes.push(selection)
        else fields.set(key, [selection])
      } else {
        const fragment = fragmentOf(context, selection, seen)
        if (fragment && applies(context, fragment, type)) collect(fragment.selectionSet)
      }
    }
  }
  for (const set of selectionSets) collect(set)
  return fields
}

/** A fragment that is spread in several places of one object is looked at once. */
function fragmentOf(
  { fragments }: CompileContext,
  selection: FragmentSpreadNode | InlineFragmentNode,
  seen: Set<string>,
): FragmentDefinitionNode | InlineFragmentNode | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection
  const name = selection.name.value
  if (seen.has(name)) return undefined
  seen.add(name)
  return fragments[name]
}

function applies(
  { schema }: CompileContext,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
  type: GraphQLObjectType,
): boolean {
  if (!typeCondition) return true
  const condition = typeFromAST(schema, typeCondition)
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
}

/** `@skip` goes before `@include` (GraphQL §3.13.1). */
function isIncluded({ variables }: CompileContext, selection: SelectionNode): boolean {
  if (!selection.directives?.length) return true
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false
}
