import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLObjectType,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql'
import type { CompileContext } from './compile-context.ts'

/** The nodes of an object's field: all that have its response key. */
export type FieldNodes = readonly [FieldNode, ...FieldNode[]]

/** Collects an object's fields by response key, in the order of the response (GraphQL §6.3.2). */
export function collectFields(
  context: CompileContext,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): Map<string, FieldNodes> {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>()
  const visitedFragments = new Set<string>()
  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (!isIncluded(context, selection)) continue
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value
        const nodes = fields.get(key)
        if (nodes) nodes.push(selection)
        else fields.set(key, [selection])
      } else {
        const fragment = getUnvisitedFragment(context, selection, visitedFragments)
        if (fragment && satisfiesTypeCondition(context, fragment, type)) collect(fragment.selectionSet)
      }
    }
  }
  for (const selectionSet of selectionSets) collect(selectionSet)
  return fields
}

/** Returns undefined for a fragment that was already spread in this object. */
function getUnvisitedFragment(
  { fragments }: CompileContext,
  selection: FragmentSpreadNode | InlineFragmentNode,
  visited: Set<string>,
): FragmentDefinitionNode | InlineFragmentNode | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection
  const name = selection.name.value
  if (visited.has(name)) return undefined
  visited.add(name)
  return fragments[name]
}

function satisfiesTypeCondition(
  { schema }: CompileContext,
  { typeCondition }: FragmentDefinitionNode | InlineFragmentNode,
  type: GraphQLObjectType,
): boolean {
  if (!typeCondition) return true
  const condition = typeFromAST(schema, typeCondition)
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type))
}

/** Evaluates `@skip` and `@include` (GraphQL §3.13.1). */
function isIncluded(context: CompileContext, { directives }: SelectionNode): boolean {
  if (!directives?.length) return true
  return (
    readCondition(context, directives, 'skip') !== true &&
    readCondition(context, directives, 'include') !== false
  )
}

function readCondition(
  { variables }: CompileContext,
  directives: readonly DirectiveNode[],
  name: 'skip' | 'include',
): unknown {
  const value = directives.find((directive) => directive.name.value === name)?.arguments?.[0]?.value
  if (value?.kind === Kind.VARIABLE) return variables[value.name.value]
  return value?.kind === Kind.BOOLEAN ? value.value : undefined
}
