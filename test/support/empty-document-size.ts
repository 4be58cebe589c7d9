import type { DocumentSize } from '../../src/graphql/document-size.ts'

/** The size of a document whose size does not matter. */
export const EMPTY_DOCUMENT_SIZE: DocumentSize = {
  tokenCount: 0,
  nameLength: 0,
  aliasCount: 0,
  directiveCount: 0,
  duplicateDirective: undefined,
  mergePairCount: 0,
  operations: [],
}
