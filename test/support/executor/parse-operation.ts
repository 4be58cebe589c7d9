import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql'

/** Parses a document and returns it with its first definition, which must be an operation. */
export function parseOperation(source: string): {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
} {
  const document = parse(source)
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error('The document does not start with an operation.')
  return { document, operation }
}
