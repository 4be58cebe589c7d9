/** A response path as a chain from its last key upwards, so that a field costs one link and no copy. */
export type Path = { readonly above: Path; readonly key: string } | undefined

/** The keys in the order of the response. */
export function keysOf(path: Path): string[] {
  const keys: string[] = []
  for (let link = path; link; link = link.above) keys.push(link.key)
  return keys.reverse()
}
