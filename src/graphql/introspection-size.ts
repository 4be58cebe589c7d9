import { type GraphQLSchema, introspectionFromSchema } from 'graphql'

/** The number of items by which the cost below a field of introspection is multiplied, by the field's name. */
export type IntrospectionSizes = ReadonlyMap<string, number>

const LISTS = [
  'types',
  'directives',
  'fields',
  'args',
  'inputFields',
  'enumValues',
  'interfaces',
  'possibleTypes',
]
/** Fields that return one type, which may have more fields than the average: it counts as all types together. */
const SINGLE_TYPES = ['__type', 'queryType', 'mutationType', 'subscriptionType']

/**
 * Measures the lists of introspection; null counts as an empty list. Averages, because maxima would make the query that
 * tools send cost many times the number of its fields.
 */
export function measureIntrospection(schema: GraphQLSchema): IntrospectionSizes {
  const lists = new Map(LISTS.map((name) => [name, { count: 0, itemCount: 0 }]))
  JSON.stringify(introspectionFromSchema(schema), (name, value) => {
    const list = lists.get(name)
    if (list) {
      list.count += 1
      list.itemCount += value?.length ?? 0
    }
    return value
  })
  const sizes = new Map([...lists].map(([name, { count, itemCount }]) => [name, itemCount / count]))
  for (const name of SINGLE_TYPES) sizes.set(name, sizes.get('types') ?? 1)
  return sizes
}
