import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql'

/** A path of fields and types: how often each leaf without arguments is selected on it, and the paths that continue it. */
type Path = { readonly leafCounts: Map<string, number>; readonly below: Map<string, Path> }

const createPath = (): Path => ({ leafCounts: new Map(), below: new Map() })

/**
 * Counts the aliases, and the pairs that validation may have to compare in order to find out whether they can be merged
 * (GraphQL §5.3.2): of fields with the same response name, and of fragments. An upper bound in linear time: fields count
 * wherever they are in the document. Two leaves without arguments are no pair if the same path of fields and types leads to
 * them. Both are counted here, because visiting the fields costs more than counting.
 */
export function countMergePairs({ definitions }: DocumentNode) {
  let pairCount = 0
  let aliasCount = 0
  const fragments = new Set<string>()
  /** By response name. */
  const fieldCounts = new Map<string, number>()
  const root = createPath()

  function addFragment(name: string): void {
    if (!fragments.has(name)) pairCount += fragments.size
    fragments.add(name)
  }

  function addField({ name, alias, arguments: args, selectionSet }: FieldNode, path: Path): void {
    const field = name.value
    const responseName = alias?.value ?? field
    if (alias) aliasCount += 1
    pairCount += increment(fieldCounts, responseName)
    if (selectionSet) addSelections(selectionSet, getPath(path, field))
    else if (!args?.length)
      pairCount -= increment(path.leafCounts, responseName === field ? field : `${responseName}: ${field}`)
  }

  function addSelections({ selections }: SelectionSetNode, path: Path): void {
    for (const node of selections) {
      if (node.kind === Kind.FIELD) addField(node, path)
      else if (node.kind === Kind.FRAGMENT_SPREAD) addFragment(node.name.value)
      else {
        const type = node.typeCondition?.name.value
        addSelections(node.selectionSet, type === undefined ? path : getPath(path, `on ${type}`))
      }
    }
  }

  for (const node of definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION)
      addSelections(node.selectionSet, getPath(root, node.operation))
    if (node.kind !== Kind.FRAGMENT_DEFINITION) continue
    addFragment(node.name.value)
    addSelections(node.selectionSet, getPath(root, `on ${node.typeCondition.name.value}`))
  }
  return { pairCount, aliasCount }
}

function getPath({ below }: Path, name: string): Path {
  const path = below.get(name) ?? createPath()
  below.set(name, path)
  return path
}

/** Adds one to a count, and returns what it was before. */
function increment(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0
  counts.set(key, count + 1)
  return count
}
