import {
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isNonNullType,
} from 'graphql'
import { isObject } from './raw-variables.ts'

/** Returns true for a list of objects, at some depth, that becomes null if one of its items does. */
export const hasNonNullObjects = (type: GraphQLOutputType): boolean =>
  isCompositeType(getNamedType(type)) && hasNonNullItems(type)

function hasNonNullItems(type: GraphQLOutputType): boolean {
  const nullableType = getNullableType(type)
  if (!isListType(nullableType)) return false
  return isNonNullType(nullableType.ofType) || hasNonNullItems(nullableType.ofType)
}

/**
 * Makes a promise of every object in a list that must not be null, since a denial is a rejection, and Node.js ends the process
 * if nothing handles it: when such an item throws, graphql-js 16 and the executor of Yoga abandon the promises of the items
 * before it. An async iterable is read to its end first, because the rejection of an item is not handled while the next one
 * is awaited.
 * @param result of a resolver of a query that is handled leniently
 */
export const isolateItems = (type: GraphQLOutputType, result: unknown): unknown =>
  hasNonNullObjects(type) ? isolate(type, result) : result

function isolate(type: GraphQLOutputType, result: unknown): unknown {
  if (isPromise(result)) return ignoreUnhandled(result.then((value) => isolate(type, value)))
  const nullableType = getNullableType(type)
  if (!isListType(nullableType)) return result
  const itemType = nullableType.ofType
  const isolateItem = (item: unknown) => {
    try {
      const isolated = isolate(itemType, item)
      return isNonNullType(itemType) ? Promise.resolve(isolated) : isolated
    } catch (error) {
      return ignoreUnhandled(Promise.reject(error))
    }
  }
  if (isAsyncIterable(result)) return ignoreUnhandled(readItems(result, isolateItem))
  return isIterable(result) ? Array.from(result, isolateItem) : result
}

async function readItems(iterable: AsyncIterable<unknown>, isolateItem: (item: unknown) => unknown) {
  const items: unknown[] = []
  for await (const item of iterable) items.push(isolateItem(item))
  return items
}

/** Keeps a rejection from ending the process. An executor that awaits the promise still gets it. */
function ignoreUnhandled<T>(promise: PromiseLike<T>): PromiseLike<T> {
  promise.then(undefined, () => undefined)
  return promise
}

export const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  isObject(value) && 'then' in value && typeof value.then === 'function'

const isIterable = (value: unknown): value is Iterable<unknown> =>
  isObject(value) && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function'

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  isObject(value) && Symbol.asyncIterator in value && typeof value[Symbol.asyncIterator] === 'function'
