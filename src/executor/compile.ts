import {
  type FieldNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql'
import { type CompileContext, collectFields } from './collect-fields.ts'
import { CompiledField, type CompleteValue, handleFieldError } from './compiled-field.ts'
import { type Execution, isPromise, type ResponsePath } from './execution.ts'
import { inspect } from './inspect.ts'

/**
 * Compiles what one operation asks of an object. Below, each object is compiled once somebody gets there: no document
 * costs more than it answers.
 */
export function compileFields(
  context: CompileContext,
  type: GraphQLObjectType,
  selectionSets: Parameters<typeof collectFields>[2],
): readonly CompiledField[] {
  const fields = [...collectFields(context, type, selectionSets)].flatMap(([key, [first, ...others]]) => {
    const definition = first && definitionOf(context, type, first.name.value)
    if (!definition) return []
    const nodes = [first, ...others] as const
    return [new CompiledField(key, type, nodes, definition, completerOf(context, definition.type, nodes))]
  })
  context.compiledFields.count += fields.length
  return fields
}

function definitionOf(
  { schema }: CompileContext,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef
  const isRoot = type === schema.getQueryType()
  if (isRoot && name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
  if (isRoot && name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  return type.getFields()[name]
}

function completerOf(
  document: CompileContext,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
): CompleteValue {
  if (isNonNullType(type)) return notNull(completerOf(document, type.ofType, nodes))
  if (isListType(type)) return list(type, completerOf(document, type.ofType, nodes))
  if (isLeafType(type)) return leaf(type)
  if (isObjectType(type)) return object(document, type, nodes)
  throw new Error(`${type} is not compiled.`)
}

const notNull =
  (complete: CompleteValue): CompleteValue =>
  (value, request, path, field) => {
    const completed = complete(value, request, path, field)
    if (completed === null)
      throw new Error(
        `Cannot return null for non-nullable field ${field.parentType.name}.${field.nodes[0]?.name.value}.`,
      )
    return completed
  }

/** What any type makes of an error that was returned, and of nothing. */
function orNull(complete: CompleteValue): CompleteValue {
  return (value, request, path, field) => {
    if (value === null || value === undefined) return null
    if (value instanceof Error) throw value
    return complete(value, request, path, field)
  }
}

const leaf = (type: GraphQLLeafType): CompleteValue =>
  orNull((value) => {
    const serialized = type.serialize(value)
    if (serialized === null || serialized === undefined)
      throw new Error(
        `Expected \`${type}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${serialized}`,
      )
    return serialized
  })

function list(type: GraphQLList<GraphQLOutputType>, complete: CompleteValue): CompleteValue {
  return orNull((value, request, path, field) => {
    if (typeof value !== 'object' || typeof Reflect.get(value ?? {}, Symbol.iterator) !== 'function')
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.nodes[0]?.name.value}".`,
      )
    const items: unknown[] = []
    try {
      for (const item of value as Iterable<unknown>)
        items.push(completeItem(item, { prev: path, key: items.length, typename: undefined }, request))
    } catch (error) {
      // Nobody waits for those before; Node ends where nobody hears of a failure.
      for (const item of items) if (isPromise(item)) item.then(undefined, () => undefined)
      throw error
    }
    return items.some(isPromise) ? Promise.all(items) : items

    function completeItem(item: unknown, at: ResponsePath, asked: Execution): unknown {
      const fail = (error: unknown) => handleFieldError(error, asked, at, type.ofType, field.nodes)
      try {
        const done = isPromise(item)
          ? item.then((resolved) => complete(resolved, asked, at, field))
          : complete(item, asked, at, field)
        return isPromise(done) ? done.then(undefined, fail) : done
      } catch (error) {
        return fail(error)
      }
    }
  })
}

function object(
  document: CompileContext,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): CompleteValue {
  let fields: readonly CompiledField[] | undefined
  return orNull((value, request, path) => {
    fields ??= compileFields(
      document,
      type,
      nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
    )
    return executeFields(fields, value, request, path)
  })
}

/**
 * An object of the answer: its fields at once, those that have to be waited for beside each other (GraphQL §6.3).
 * @returns the object, or a promise of it
 * @throws GraphQLError where a field has no value and no null
 */
export function executeFields(
  fields: readonly CompiledField[],
  source: unknown,
  execution: Execution,
  path: ResponsePath | undefined,
): unknown {
  const answer: Record<string, unknown> = {}
  const waiting: string[] = []
  try {
    for (const field of fields) {
      const value = field.execute(source, execution, path)
      answer[field.key] = value
      if (isPromise(value)) waiting.push(field.key)
    }
  } catch (error) {
    if (waiting.length === 0) throw error
    // What is under way ends first, whatever becomes of it: nobody else waits for it.
    return awaited(answer, waiting).finally(() => {
      throw error
    })
  }
  return waiting.length === 0 ? answer : awaited(answer, waiting)
}

/** In as many turns for one that waits, which is cheaper, as for several. */
function awaited(answer: Record<string, unknown>, keys: readonly string[]): Promise<unknown> {
  const [first = ''] = keys
  const value = answer[first]
  const put = (values: readonly unknown[]) => {
    for (let index = 0; index < keys.length; index++) answer[keys[index] ?? ''] = values[index]
    return answer
  }
  if (keys.length > 1 || !(value instanceof Promise))
    return Promise.all(keys.map((key) => answer[key])).then(put)
  return value.then((done) => [done]).then(put)
}

/** The same one after another, each once the one before is done: a mutation's (GraphQL §6.2.2). */
export function executeFieldsSerially(fields: readonly CompiledField[], execution: Execution): unknown {
  const answer: Record<string, unknown> = {}
  function put(field: CompiledField): unknown {
    const value = field.execute(undefined, execution, undefined)
    if (isPromise(value)) return value.then((done) => Object.assign(answer, { [field.key]: done }))
    answer[field.key] = value
    return answer
  }
  let done: unknown = answer
  for (const field of fields) done = isPromise(done) ? done.then(() => put(field)) : put(field)
  return done
}
