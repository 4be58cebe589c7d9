import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Caller } from '../auth/caller.ts'
import type { OperationInfo } from '../lib/http-messages.ts'

type Asked = Pick<OperationInfo, 'operationName' | 'operationType' | 'rootFields'>

/**
 * What logs and numbers say of an operation: computed once for each that is known.
 * @returns its name, its kind, and the coordinates of the root's fields that it selects, each once
 */
export function createDescribeOperation(schema: GraphQLSchema) {
  const known = new WeakMap<OperationDefinitionNode, Asked>()
  return function aboutOperation(document: DocumentNode, operation: OperationDefinitionNode): Asked {
    const before = known.get(operation)
    if (before) return before
    const root = schema.getRootType(operation.operation)?.name ?? ''
    const fields = rootFields(document, operation.selectionSet, new Set())
    const about = Object.freeze({
      ...(operation.name && { operationName: operation.name.value }),
      operationType: operation.operation,
      rootFields: [...new Set(fields)].map((field) => `${root}.${field}`),
    })
    known.set(operation, about)
    return about
  }
}

function rootFields(document: DocumentNode, { selections }: SelectionSetNode, seen: Set<string>): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value]
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(document, selection.selectionSet, seen)
    const name = selection.name.value
    if (seen.has(name)) return []
    seen.add(name)
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name,
    )
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? rootFields(document, fragment.selectionSet, seen)
      : []
  })
}

/** What is told of one request, bit by bit; what is told later goes before, but books that were added are all told. */
export function createOperationInfoCollector(): {
  readonly operationInfo: OperationInfo
  readonly addOperationInfo: (about: OperationInfo) => void
} {
  const about: { addedBookIds?: readonly string[] } = {}
  return {
    operationInfo: about,
    addOperationInfo(more) {
      const { addedBookIds } = about
      Object.assign(about, more)
      if (addedBookIds && more.addedBookIds) about.addedBookIds = [...addedBookIds, ...more.addedBookIds]
    },
  }
}

/** Who it is, as a log may say it. */
export const describeCaller = ({ client, subject, tokenId }: Caller): OperationInfo => ({
  client,
  subject,
  ...(tokenId !== undefined && { tokenId }),
})
