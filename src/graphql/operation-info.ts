import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Caller } from '../auth/verify-token.ts'
import type { OperationInfo } from '../lib/http-messages.ts'

type OperationSummary = Pick<OperationInfo, 'operationName' | 'operationType' | 'rootFields'>

/** Returns a function that summarizes an operation for logs and metrics, computed once for each operation. */
export function createDescribeOperation(schema: GraphQLSchema) {
  const summaries = new WeakMap<OperationDefinitionNode, OperationSummary>()
  return function describeOperation(
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): OperationSummary {
    const known = summaries.get(operation)
    if (known) return known
    const rootType = schema.getRootType(operation.operation)?.name ?? ''
    const fields = listRootFields(document, operation.selectionSet, new Set())
    const summary = Object.freeze({
      ...(operation.name && { operationName: operation.name.value }),
      operationType: operation.operation,
      rootFields: [...new Set(fields)].map((field) => `${rootType}.${field}`),
    })
    summaries.set(operation, summary)
    return summary
  }
}

function listRootFields(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  visitedFragments: Set<string>,
): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value]
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return listRootFields(document, selection.selectionSet, visitedFragments)
    const name = selection.name.value
    if (visitedFragments.has(name)) return []
    visitedFragments.add(name)
    const fragment = document.definitions.find(
      (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name,
    )
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? listRootFields(document, fragment.selectionSet, visitedFragments)
      : []
  })
}

/** Collects the information about one request. Later values replace earlier ones; ids of added books accumulate. */
export function createOperationInfoCollector(): {
  readonly operationInfo: OperationInfo
  readonly addOperationInfo: (info: OperationInfo) => void
} {
  const operationInfo: { addedBookIds?: readonly string[] } = {}
  return {
    operationInfo,
    addOperationInfo(info) {
      const { addedBookIds } = operationInfo
      Object.assign(operationInfo, info)
      if (addedBookIds && info.addedBookIds)
        operationInfo.addedBookIds = [...addedBookIds, ...info.addedBookIds]
    },
  }
}

export const describeCaller = ({ client, subject, tokenId }: Caller): OperationInfo => ({
  client,
  subject,
  ...(tokenId !== undefined && { tokenId }),
})
