/** A response path as a chain from its last key upwards, so that a field costs one link and no copy. */
export type RequirementPath = { readonly prev: RequirementPath; readonly key: string } | undefined

/** The keys in the order of the response. */
export function pathToArray(path: RequirementPath): string[] {
  const keys: string[] = []
  for (let link = path; link; link = link.prev) keys.push(link.key)
  return keys.reverse()
}
