import { type GraphQLSchema, introspectionFromSchema } from 'graphql'

/** The average number of items of the lists of introspection, by the name of their field. */
export type IntrospectionListSizes = ReadonlyMap<string, number>

/**
 * Measures the lists of introspection; null counts as an empty list. Averages, because maxima would make the query that
 * tools send cost many times the number of its fields.
 */
export function measureIntrospectionLists(schema: GraphQLSchema): IntrospectionListSizes {
  const lists = new Map<string, { count: number; itemCount: number }>()
  JSON.stringify(introspectionFromSchema(schema), (name, value) => {
    if (value !== null && !Array.isArray(value)) return value
    const { count, itemCount } = lists.get(name) ?? { count: 0, itemCount: 0 }
    lists.set(name, { count: count + 1, itemCount: itemCount + (value?.length ?? 0) })
    return value
  })
  return new Map([...lists].map(([name, { count, itemCount }]) => [name, itemCount / count]))
}
