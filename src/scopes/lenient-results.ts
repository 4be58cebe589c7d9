import {
  type GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
} from 'graphql'

/** Returns the error of a value that a field returns as an interface or a union, if its type is denied. */
type CheckValue = (value: unknown) => GraphQLError | undefined

/**
 * Prepares a resolver's result for the execution of a query that is handled leniently. A denial is a rejection, and Node.js
 * ends the process if an executor does not handle it.
 */
export function prepareResult(result: unknown, info: GraphQLResolveInfo, checkValue: CheckValue): unknown {
  const { returnType } = info
  if (!isCompiledByJit(info))
    return hasNonNullObjects(returnType) ? separateItems(returnType, result) : result
  return isAbstractType(getNamedType(returnType)) ? replaceDenied(returnType, result, checkValue) : result
}

/**
 * Returns true if graphql-jit executes the operation: its paths have no names of types. It calls type resolvers without
 * awaiting their promises and without catching what they throw.
 */
export const isCompiledByJit = ({ path }: GraphQLResolveInfo): boolean => path.typename === undefined

/** Replaces the denied values of a result by their errors, which an executor handles as if they were thrown. */
function replaceDenied(type: GraphQLOutputType, result: unknown, checkValue: CheckValue): unknown {
  if (isPromise(result)) return result.then((value) => replaceDenied(type, value, checkValue))
  const nullableType = getNullableType(type)
  if (isListType(nullableType))
    return isIterable(result)
      ? [...result].map((item) => replaceDenied(nullableType.ofType, item, checkValue))
      : result
  if (result === null || result === undefined || result instanceof Error) return result
  try {
    return checkValue(result) ?? result
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Returns true for a list of objects, at some depth, that becomes null if one of its items does. */
export const hasNonNullObjects = (type: GraphQLOutputType): boolean =>
  isCompositeType(getNamedType(type)) && hasNonNullItems(type)

function hasNonNullItems(type: GraphQLOutputType): boolean {
  const nullableType = getNullableType(type)
  if (!isListType(nullableType)) return false
  return isNonNullType(nullableType.ofType) || hasNonNullItems(nullableType.ofType)
}

/**
 * Makes a promise of every item that must not be null. When such an item throws, graphql-js 16 and the executor of Yoga
 * abandon the promises of the items before it. An async iterable is read to its end first, because the rejection of an item
 * is not handled while the next one is awaited.
 */
function separateItems(type: GraphQLOutputType, result: unknown): unknown {
  if (isPromise(result)) return result.then((value) => separateItems(type, value))
  const nullableType = getNullableType(type)
  if (!isListType(nullableType)) return result
  if (isAsyncIterable(result)) return readAll(result).then((items) => separateItems(type, items))
  if (!isIterable(result)) return result
  const itemType = nullableType.ofType
  const items = [...result].map((item) => separateItems(itemType, item))
  return isNonNullType(itemType) ? items.map((item) => Promise.resolve(item)) : items
}

async function readAll(iterable: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const items: unknown[] = []
  for await (const item of iterable) items.push(item)
  return items
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  isObject(value) && 'then' in value && typeof value.then === 'function'

const isIterable = (value: unknown): value is Iterable<unknown> =>
  isObject(value) && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function'

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  isObject(value) && Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
