import {
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  responsePathAsArray,
} from 'graphql'

/** The values that resolvers return. */
export type Values = {
  /** Some items of lists of objects fail: by null and errors as values, or also by rejections. */
  readonly failures?: 'values' | 'all' | undefined
  /** Lists have promises as their items; those of objects are asynchronous iterables. */
  readonly lists?: 'promises' | 'streams' | undefined
}

/** Adds a resolver to every field, which returns a value that depends on the path alone. */
export function addPathResolvers(schema: GraphQLSchema, getValues: (context: unknown) => Values): void {
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !type.name.startsWith('__'))
      for (const field of Object.values(type.getFields()))
        field.resolve = (_, __, context, info) => resolveByPath(info, getValues(context))
}

/** Returns a value of a field's type, or a promise of it, that depends on the path alone. */
export function resolveByPath({ path, returnType, schema }: GraphQLResolveInfo, values: Values): unknown {
  const key = responsePathAsArray(path).join('.')
  const value = createValue(returnType, schema, key, values)
  return sumCharacters(key) % 3 === 0 ? Promise.resolve(value) : value
}

function createValue(type: GraphQLOutputType, schema: GraphQLSchema, key: string, values: Values): unknown {
  if (isNonNullType(type)) return createValue(type.ofType, schema, key, values)
  const returnedType = getNamedType(type)
  const possibleTypes = isAbstractType(returnedType) ? schema.getPossibleTypes(returnedType) : undefined
  if (isListType(type)) {
    // No object type may implement the interface.
    const itemKeys = possibleTypes?.length === 0 ? [] : ['a', 'b']
    const items = itemKeys.map((itemKey) => createItem(type.ofType, schema, key + itemKey, values))
    if (values.lists === 'promises') return items.map((item) => Promise.resolve(item))
    return values.lists === 'streams' && isCompositeType(returnedType) ? stream(items) : items
  }
  if (!isCompositeType(type)) return type.name === 'Color' ? 'RED' : 1
  if (!possibleTypes) return {}
  const { name: __typename } = possibleTypes[sumCharacters(key) % possibleTypes.length] ?? {}
  return __typename && { __typename }
}

function createItem(type: GraphQLOutputType, schema: GraphQLSchema, key: string, values: Values): unknown {
  const failure = values.failures && isCompositeType(getNamedType(type)) ? sumCharacters(key) % 11 : undefined
  if (failure === 0) return null
  if (failure === 1) return new Error('item failed')
  if (failure === 2 && values.failures === 'all') return Promise.reject(new Error('item failed'))
  return createValue(type, schema, key, values)
}

async function* stream(items: readonly unknown[]) {
  for (const item of items) {
    yield item
    await new Promise(setImmediate)
  }
}

/** Returns the sum of the character codes of a text. */
const sumCharacters = (text: string) => [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
