/** A response path as a linked list from its last key to its first, so that each field adds one link and copies nothing. */
export type RequirementPath = { readonly prev: RequirementPath; readonly key: string } | undefined

/** Returns the keys of a path from first to last. */
export function pathToArray(path: RequirementPath): string[] {
  const keys: string[] = []
  for (let link = path; link; link = link.prev) keys.push(link.key)
  return keys.reverse()
}
