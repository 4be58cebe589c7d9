import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Caller } from '../auth/validate-claims.ts'
import type { About } from '../lib/http-messages.ts'

type Asked = Pick<About, 'operation' | 'kind' | 'asked'>

/**
 * What logs and numbers say of an operation: computed once for each that is known.
 * @returns its name, its kind, and the coordinates of the root's fields that it selects, each once
 */
export function operationsOf(schema: GraphQLSchema) {
  const known = new WeakMap<OperationDefinitionNode, Asked>()
  return function aboutOperation(document: DocumentNode, operation: OperationDefinitionNode): Asked {
    const before = known.get(operation)
    if (before) return before
    const root = schema.getRootType(operation.operation)?.name ?? ''
    const fields = rootFields(document, operation.selectionSet, new Set())
    const about = Object.freeze({
      ...(operation.name && { operation: operation.name.value }),
      kind: operation.operation,
      asked: [...new Set(fields)].map((field) => `${root}.${field}`),
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
export function collected(): { readonly about: About; readonly tell: (about: About) => void } {
  const about: { added?: readonly string[] } = {}
  return {
    about,
    tell(more) {
      const { added } = about
      Object.assign(about, more)
      if (added && more.added) about.added = [...added, ...more.added]
    },
  }
}

/** Who it is, as a log may say it. */
export const aboutCaller = ({ client, subject, tokenId }: Caller): About => ({
  client,
  subject,
  ...(tokenId !== undefined && { tokenId }),
})
