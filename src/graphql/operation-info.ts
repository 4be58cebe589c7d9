import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Caller } from '../auth/verify-token.ts'
import type { OperationInfo } from '../lib/http-messages.ts'

const INTROSPECTION_FIELDS = ['__schema', '__type', '_service']
const META_FIELDS: ReadonlySet<string> = new Set(['__typename', '__schema', '__type'])

/**
 * Summarizes an operation for logs and metrics. The document may not be validated: fields that the schema does not have are
 * left out, so that no names that a client made up get into logs and metrics.
 */
export function describeOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): OperationInfo {
  const rootType = schema.getRootType(operation.operation)
  const isField = (name: string) => META_FIELDS.has(name) || rootType?.getFields()[name] !== undefined
  const fields = new Set(listRootFields(document, operation).filter(isField))
  return Object.freeze({
    ...(operation.name && { operationName: operation.name.value }),
    operationType: operation.operation,
    rootFields: [...fields].map((field) => `${rootType?.name}.${field}`),
  })
}

/** Returns true if the described operation selects `__schema` or `__type`, or `_service` of a subgraph. */
export function selectsIntrospection(schema: GraphQLSchema, { rootFields }: OperationInfo): boolean {
  const query = schema.getQueryType()?.name
  return (
    rootFields?.some((field) => INTROSPECTION_FIELDS.some((name) => field === `${query}.${name}`)) === true
  )
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
