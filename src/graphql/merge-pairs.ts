import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql'

/** The fields with one response name: in total, and those that are certainly the same leaf, by its id. */
type Group = { fieldCount: number; readonly leafCounts: Map<number, number> }

/**
 * Counts the pairs that validation may have to compare in order to find out whether they can be merged (GraphQL §5.3.2): of
 * fields with the same response name, and of fragments. An upper bound in linear time: fields count wherever they are in
 * the document. Two leaves without arguments are no pair if the same path of fields and types leads to them.
 */
export function countMergePairs({ definitions }: DocumentNode): number {
  let pairCount = 0
  const groups = new Map<string, Group>()
  const fragments = new Set<string>()
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

  /** @param leaf undefined for a field with arguments or selections */
  function addField(responseName: string, leaf: number | undefined): void {
    const group = groups.get(responseName) ?? { fieldCount: 0, leafCounts: new Map() }
    groups.set(responseName, group)
    const sameLeafCount = leaf === undefined ? 0 : (group.leafCounts.get(leaf) ?? 0)
    pairCount += group.fieldCount - sameLeafCount
    group.fieldCount += 1
    if (leaf !== undefined) group.leafCounts.set(leaf, sameLeafCount + 1)
  }

  function walk({ selections }: SelectionSetNode, path: number): void {
    for (const node of selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD) addFragment(node.name.value)
      else if (node.kind === Kind.INLINE_FRAGMENT)
        walk(
          node.selectionSet,
          node.typeCondition ? getPathId(path, `on ${node.typeCondition.name.value}`) : path,
        )
      else {
        const fieldPath = getPathId(path, node.name.value)
        const isLeaf = !node.selectionSet && !node.arguments?.length
        addField((node.alias ?? node.name).value, isLeaf ? fieldPath : undefined)
        if (node.selectionSet) walk(node.selectionSet, fieldPath)
      }
    }
  }

  for (const node of definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) walk(node.selectionSet, getPathId(0, node.operation))
    if (node.kind !== Kind.FRAGMENT_DEFINITION) continue
    addFragment(node.name.value)
    walk(node.selectionSet, getPathId(0, `on ${node.typeCondition.name.value}`))
  }
  return pairCount
}
