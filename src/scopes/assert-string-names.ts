import { type DocumentNode, GraphQLError, Location } from 'graphql'

/**
 * Rejects a document with a name that is not a string, which a client can send where a server accepts documents as JSON:
 * graphql-js converts such names to strings, and plans do not.
 * @throws GraphQLError
 */
export function assertStringNames(document: DocumentNode): void {
  // The parser made it: JSON has no instances.
  if (document.loc instanceof Location) return
  const pending: unknown[] = [document]
  // Iterative, because the client chooses how deep nodes nest.
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue
    for (const [key, value] of Object.entries(node)) {
      const isName = (key === 'name' || key === 'alias') && value !== undefined && value !== null
      if (isName && typeof value.value !== 'string')
        throw new GraphQLError('The document has an invalid name.')
      if (!isName && key !== 'loc') pending.push(value)
    }
  }
}
