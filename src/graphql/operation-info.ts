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

const META_FIELDS: ReadonlySet<string> = new Set(['__typename', '__schema', '__type'])

/** Returns a function that summarizes an operation for logs and metrics, computed once for each operation. */
export function createDescribeOperation(schema: GraphQLSchema) {
  const summaries = new WeakMap<OperationDefinitionNode, OperationSummary>()
  return function describeOperation(document: DocumentNode, operation: OperationDefinitionNode) {
    const known = summaries.get(operation)
    if (known) return known
    const rootType = schema.getRootType(operation.operation)
    const isField = (name: string) => META_FIELDS.has(name) || rootType?.getFields()[name] !== undefined
    // The document may not be validated: names that a client made up must not get into logs and metrics.
    const fields = listRootFields(document, operation).filter(isField)
    const summary: OperationSummary = Object.freeze({
      ...(operation.name && { operationName: operation.name.value }),
      operationType: operation.operation,
      rootFields: [...new Set(fields)].map((field) => `${rootType?.name}.${field}`),
    })
    summaries.set(operation, summary)
    return summary
  }
}

function listRootFields({ definitions }: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  const visitedFragments = new Set<string>()
  const listFields = ({ selections }: SelectionSetNode): string[] =>
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value]
      if (selection.kind === Kind.INLINE_FRAGMENT) return listFields(selection.selectionSet)
      const name = selection.name.value
      if (visitedFragments.has(name)) return []
      visitedFragments.add(name)
      const fragment = fragments.find((node) => node.name.value === name)
      return fragment ? listFields(fragment.selectionSet) : []
    })
  return listFields(operation.selectionSet)
}

/** Collects the information about one request. Later values replace earlier ones; ids of added books accumulate. */
export function createOperationInfoCollector() {
  const operationInfo: OperationInfo = {}
  function addOperationInfo(info: OperationInfo): void {
    const { addedBookIds } = operationInfo
    Object.assign(operationInfo, info)
    if (addedBookIds && info.addedBookIds)
      Object.assign(operationInfo, { addedBookIds: [...addedBookIds, ...info.addedBookIds] })
  }
  return { operationInfo, addOperationInfo }
}

export const describeCaller = ({ client, subject, tokenId }: Caller): OperationInfo => ({
  client,
  subject,
  ...(tokenId !== undefined && { tokenId }),
})
