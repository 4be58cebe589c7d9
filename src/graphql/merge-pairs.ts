import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql'

/**
 * Counts the pairs that validation may have to compare in order to find out whether they can be merged (GraphQL §5.3.2): of
 * fields with the same response name, and of fragments. An upper bound in linear time: fields count wherever they are in
 * the document. Two leaves without arguments are no pair if the same path of fields and types leads to them.
 */
export function countMergePairs({ definitions }: DocumentNode): number {
  let pairCount = 0
  const fragments = new Set<string>()
  /** By response name. */
  const fieldCounts = new Map<string, number>()
  /** By response name and path. */
  const leafCounts = new Map<string, number>()
  const pathIds = new Map<string, number>()

  /** Returns a number for a path, so that long paths are not compared as text. */
  function getPathId(parent: number, name: string): number {
    const key = `${parent} ${name}`
    const id = pathIds.get(key) ?? pathIds.size + 1
    pathIds.set(key, id)
    return id
  }

  function addFragment(name: string): void {
    if (!fragments.has(name)) pairCount += fragments.size
    fragments.add(name)
  }

  function addField({ name, alias = name, arguments: args, selectionSet }: FieldNode, path: number): void {
    const fieldPath = getPathId(path, name.value)
    pairCount += increment(fieldCounts, alias.value)
    if (selectionSet) addSelections(selectionSet, fieldPath)
    else if (!args?.length) pairCount -= increment(leafCounts, `${fieldPath} ${alias.value}`)
  }

  function addSelections({ selections }: SelectionSetNode, path: number): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) addField(node, path)
      else if (node.kind === Kind.FRAGMENT_SPREAD) addFragment(node.name.value)
      else {
        const type = node.typeCondition?.name.value
        addSelections(node.selectionSet, type === undefined ? path : getPathId(path, `on ${type}`))
      }
    }
  }

  for (const node of definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION)
      addSelections(node.selectionSet, getPathId(0, node.operation))
    if (node.kind !== Kind.FRAGMENT_DEFINITION) continue
    addFragment(node.name.value)
    addSelections(node.selectionSet, getPathId(0, `on ${node.typeCondition.name.value}`))
  }
  return pairCount
}

/** Adds one to a count, and returns what it was before. */
function increment(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0
  counts.set(key, count + 1)
  return count
}
