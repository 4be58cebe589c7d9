import { type DocumentNode, type GraphQLSchema, isObjectType, Kind, type SelectionNode, visit } from 'graphql'

/** The number of times that planning has looked at a selection or at an object type. */
export type StepCount = { steps: number }

/** Counts the looks at a document's selections and at a schema's object types from now on. Changes both. */
export function countSteps(schema: GraphQLSchema, document: DocumentNode): StepCount {
  const count = { steps: 0 }
  const countReads = (object: object, key: string) => {
    const value: unknown = Reflect.get(object, key)
    Object.defineProperty(object, key, {
      get() {
        count.steps += 1
        return value
      },
    })
  }
  const countSelection = (node: SelectionNode) => countReads(node, 'directives')
  visit(document, {
    Field: { leave: countSelection },
    InlineFragment: { leave: countSelection },
    FragmentSpread: { leave: countSelection },
  })
  for (const type of Object.values(schema.getTypeMap())) if (isObjectType(type)) countReads(type, 'name')
  return count
}

/** Counts the selections of a document. */
export function countSelections(document: DocumentNode): number {
  let count = 0
  visit(document, {
    enter: ({ kind }) => {
      if (kind === Kind.FIELD || kind === Kind.INLINE_FRAGMENT || kind === Kind.FRAGMENT_SPREAD) count += 1
    },
  })
  return count
}
