import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql'
import { isObject, readProperty } from './raw-variables.ts'
import type { Locatable } from './schema-violation.ts'

/** A directive in `extensions`. Its arguments have not been checked. */
export type ExtensionDirective = {
  readonly name: string
  readonly args: unknown
  /** Its place, as in `extensions.directives.requiresScope`. */
  readonly origin: string
}

const DIRECTIVES = 'extensions.directives'

/**
 * Lists `extensions.directives` in the form of `@graphql-tools/utils`, an object with the arguments of each directive or with
 * a list of them, and in that of Pothos, a list of `{ name, args }`. A name that is not a string becomes empty.
 */
export function listExtensionDirectives(extensions: unknown): readonly ExtensionDirective[] {
  const directives = isObject(extensions) ? readProperty(extensions, 'directives') : undefined
  if (directives === undefined || directives === null) return []
  if (Array.isArray(directives))
    return listItems(directives).map((item, i) => {
      const name = isObject(item) && readProperty(item, 'name')
      const args = isObject(item) ? (readProperty(item, 'args') ?? {}) : undefined
      return { name: typeof name === 'string' ? name : '', args, origin: `${DIRECTIVES}[${i}]` }
    })
  // The items of another iterable, such as a Map, are not keys, and would be lost.
  if (!isObject(directives) || Symbol.iterator in directives)
    return [{ name: '', args: undefined, origin: DIRECTIVES }]
  return listKeys(directives).flatMap((name) => {
    const value = readProperty(directives, name)
    const uses = Array.isArray(value) && value.length > 0 ? listItems(value) : [value]
    return uses.map((args) => ({ name, args, origin: `${DIRECTIVES}.${name}` }))
  })
}

/** Converts a directive in `extensions` to an AST node. */
export const toDirectiveNode = ({
  name,
  args,
  origin,
}: ExtensionDirective): ConstDirectiveNode & Locatable => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: toFields(args).map((field) => ({ ...field, kind: Kind.ARGUMENT })),
  origin,
})

const toFields = (value: unknown, depth = 0) =>
  listKeys(value).map((key) => ({
    name: { kind: Kind.NAME as const, value: key },
    value: toValueNode(readProperty(value as object, key), depth),
  }))

/** No directive that this package reads has values in more lists and objects. */
const MAX_DEPTH = 4

/** Converts strings, lists and objects. Other values become null, getters too. */
function toValueNode(value: unknown, depth: number): ConstValueNode {
  if (typeof value === 'string') return { kind: Kind.STRING, value }
  if (!isObject(value) || depth === MAX_DEPTH) return { kind: Kind.NULL }
  if (Array.isArray(value))
    return { kind: Kind.LIST, values: listItems(value).map((item) => toValueNode(item, depth + 1)) }
  const fields = toFields(value, depth + 1).map((field) => ({ ...field, kind: Kind.OBJECT_FIELD as const }))
  return { kind: Kind.OBJECT, fields }
}

/** Lists the keys of an object, inherited ones too, as `@graphql-tools/utils` does; none of another value. */
export function listKeys(value: unknown): string[] {
  const keys: string[] = []
  if (isObject(value)) for (const key in value) keys.push(key)
  return keys
}

/** Lists the items of an array, without calling a getter. A missing item is undefined. */
export const listItems = (array: readonly unknown[]): readonly unknown[] =>
  Array.from({ length: array.length }, (_, i) => readProperty(array, i))
