import {
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { collectFields, type FieldNodes } from './collect-fields.ts'
import type { CompileContext } from './compile-context.ts'
import { CompiledField, type CompleteValue, handleFieldError } from './compiled-field.ts'
import { executeFields } from './execute-fields.ts'
import { isPromise, type ResponsePath } from './execution.ts'
import { completeAwaited, isGraphQL17, SERIALIZE } from './graphql-version.ts'
import { inspect } from './inspect.ts'

/**
 * Compiles the fields that an operation selects on an object.
 * Nested objects are compiled when a request first reaches them, so that compiling never costs more than the response.
 */
export function compileFields(
  context: CompileContext,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): readonly CompiledField[] {
  const fields = [...collectFields(context, type, selectionSets)].flatMap(([key, nodes]) => {
    const definition = getFieldDefinition(context, type, nodes[0].name.value)
    if (!definition) return []
    const complete = compileCompletion(context, definition.type, nodes)
    return [new CompiledField(key, type, nodes, definition, complete)]
  })
  context.compiledFields.count += fields.length
  return fields
}

function getFieldDefinition({ schema }: CompileContext, type: GraphQLObjectType, name: string) {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  const isRoot = type === schema.getQueryType()
  if (isRoot && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
  if (isRoot && name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  return type.getFields()[name]
}

function compileCompletion(
  context: CompileContext,
  type: GraphQLOutputType,
  nodes: FieldNodes,
): CompleteValue {
  if (isNonNullType(type)) return completeNonNull(compileCompletion(context, type.ofType, nodes))
  if (isListType(type)) return completeList(type, compileCompletion(context, type.ofType, nodes))
  if (isLeafType(type)) return completeLeaf(type)
  if (isObjectType(type)) return completeObject(context, type, nodes)
  throw new Error(`The type ${type} cannot be compiled.`)
}

const completeNonNull =
  (complete: CompleteValue): CompleteValue =>
  (value, execution, path, field) => {
    const completed = complete(value, execution, path, field)
    if (completed === null)
      throw new Error(
        `Cannot return null for non-nullable field ${field.parentType.name}.${field.nodes[0].name.value}.`,
      )
    return completed
  }

/** Handles null and returned errors, which every nullable type completes in the same way. */
function completeNullable(complete: CompleteValue): CompleteValue {
  return (value, execution, path, field) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    return complete(value, execution, path, field)
  }
}

const completeLeaf = (type: GraphQLLeafType): CompleteValue =>
  completeNullable((value) => {
    const serialized = type[SERIALIZE](value)
    if (serialized === null || serialized === undefined)
      throw new Error(
        `Expected \`${type}.${SERIALIZE}(${inspect(value)})\` to return non-nullable value, returned: ${serialized}`,
      )
    return serialized
  })

function completeList(type: GraphQLList<GraphQLOutputType>, complete: CompleteValue): CompleteValue {
  return completeNullable((value, execution, path, field) => {
    if (typeof value !== 'object' || typeof Reflect.get(value ?? {}, Symbol.iterator) !== 'function')
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.nodes[0].name.value}".`,
      )
    const items: unknown[] = []
    try {
      for (const item of value as Iterable<unknown>)
        items.push(completeItem(item, { prev: path, key: items.length, typename: undefined }))
    } catch (error) {
      // Nothing awaits the items completed so far, and an unhandled rejection would end the process.
      for (const item of items) if (isPromise(item)) item.then(undefined, () => undefined)
      throw error
    }
    return items.some(isPromise) ? Promise.all(items) : items

    function completeItem(item: unknown, itemPath: ResponsePath): unknown {
      const fail = (error: unknown) => handleFieldError(error, execution, itemPath, type.ofType, field.nodes)
      try {
        if (isGraphQL17 && isPromise(item))
          return completeAwaited(
            item,
            execution,
            (resolved) => complete(resolved, execution, itemPath, field),
            fail,
          )
        const completed = isPromise(item)
          ? item.then((resolved) => complete(resolved, execution, itemPath, field))
          : complete(item, execution, itemPath, field)
        return isPromise(completed) ? completed.then(undefined, fail) : completed
      } catch (error) {
        return fail(error)
      }
    }
  })
}

function completeObject(context: CompileContext, type: GraphQLObjectType, nodes: FieldNodes) {
  const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  let fields: readonly CompiledField[] | undefined
  return completeNullable((value, execution, path) => {
    fields ??= compileFields(context, type, selectionSets)
    return executeFields(fields, value, execution, path)
  })
}
