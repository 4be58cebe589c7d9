import type { ExecutionResult } from 'graphql'

/**
 * Lists the places of a response that errors made null. Several errors can make the same place null, and it depends on the
 * order of the execution which of them are in the response.
 */
export function listNullPlaces({
  data,
  errors = [],
}: Pick<ExecutionResult, 'data' | 'errors'>): readonly string[] {
  const places = errors.map(({ path = [] }) => {
    let value: unknown = data
    const place: (string | number)[] = []
    for (const key of path) {
      if (value === null || value === undefined) break
      place.push(key)
      value = Reflect.get(Object(value), key)
    }
    return place.join('.')
  })
  return [...new Set(places)].sort()
}
