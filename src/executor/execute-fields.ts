import type { CompiledField } from './compiled-field.ts'
import { type Execution, isPromise, type ResponsePath } from './execution.ts'
import { isGraphQL17 } from './graphql-version.ts'

/**
 * Executes the fields of an object, asynchronous ones in parallel (GraphQL §6.3).
 * @returns the object of the response, or a promise of it
 * @throws GraphQLError if a non-null field fails
 */
export function executeFields(
  fields: readonly CompiledField[],
  source: unknown,
  execution: Execution,
  path: ResponsePath | undefined,
): unknown {
  const data: Record<string, unknown> = {}
  const pendingKeys: string[] = []
  try {
    for (const field of fields) {
      const value = field.execute(source, execution, path)
      data[field.key] = value
      if (isPromise(value)) pendingKeys.push(field.key)
    }
  } catch (error) {
    // graphql 17 ignores the fields that have started; earlier versions wait for them, because nothing else does.
    if (isGraphQL17)
      for (const key of pendingKeys) (data[key] as Promise<unknown>).then(undefined, () => undefined)
    if (isGraphQL17 || pendingKeys.length === 0) throw error
    return awaitFields(data, pendingKeys).finally(() => {
      throw error
    })
  }
  return pendingKeys.length === 0 ? data : awaitFields(data, pendingKeys)
}

/** Awaits the pending fields. A single one avoids `Promise.all`, which is slower, in the same number of microtasks. */
function awaitFields(data: Record<string, unknown>, keys: readonly string[]): Promise<unknown> {
  const [firstKey = ''] = keys
  const firstValue = data[firstKey]
  const assign = (values: readonly unknown[]) => {
    for (let index = 0; index < keys.length; index++) data[keys[index] ?? ''] = values[index]
    return data
  }
  if (keys.length > 1 || !(firstValue instanceof Promise))
    return Promise.all(keys.map((key) => data[key])).then(assign)
  return firstValue.then((value) => [value]).then(assign)
}

/** Executes the root fields of a mutation one after another (GraphQL §6.2.2). */
export function executeFieldsSerially(fields: readonly CompiledField[], execution: Execution): unknown {
  const data: Record<string, unknown> = {}
  function executeField(field: CompiledField): unknown {
    const value = field.execute(undefined, execution, undefined)
    if (isPromise(value)) return value.then((resolved) => Object.assign(data, { [field.key]: resolved }))
    data[field.key] = value
    return data
  }
  let result: unknown = data
  for (const field of fields)
    result = isPromise(result) ? result.then(() => executeField(field)) : executeField(field)
  return result
}
