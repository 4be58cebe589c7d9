import {
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  isNonNullType,
  Kind,
  locatedError,
  responsePathAsArray,
} from 'graphql'
import { type Execution, isPromise, type ResponsePath } from './execution.ts'

/**
 * Turns what a resolver gave into what the answer has: the value, or a promise of it.
 * @throws whatever makes it impossible; the field says where
 */
export type CompleteValue = (
  value: unknown,
  execution: Execution,
  path: ResponsePath,
  field: CompiledField,
) => unknown

type Definition = GraphQLField<unknown, unknown>

/** One key of one object of an answer, ready to be asked as often as there are such objects. */
export class CompiledField {
  readonly key: string
  readonly parentType: GraphQLObjectType
  readonly nodes: readonly FieldNode[]
  readonly #node: FieldNode
  readonly #definition: Definition
  readonly #resolve: GraphQLFieldResolver<unknown, unknown> | undefined
  readonly #complete: CompleteValue
  readonly #variables: VariableArguments | undefined

  constructor(
    key: string,
    parent: GraphQLObjectType,
    nodes: readonly [FieldNode, ...FieldNode[]],
    definition: Definition,
    complete: CompleteValue,
  ) {
    this.key = key
    this.parentType = parent
    this.nodes = nodes
    this.#node = nodes[0]
    this.#definition = definition
    this.#resolve = definition.resolve
    this.#complete = complete
    this.#variables = variableArguments(definition, nodes[0])
  }

  /**
   * Its value for one object, or a promise of it (GraphQL §6.4).
   * @throws GraphQLError where there is none, and its type has no null for that
   */
  execute(source: unknown, execution: Execution, parentPath: ResponsePath | undefined): unknown {
    const path = { prev: parentPath, key: this.key, typename: this.parentType.name }
    // As many promises as graphql-js makes: in what order errors are told hangs on it.
    try {
      const value = this.#valueOf(source, execution, path)
      const done = isPromise(value)
        ? value.then((resolved) => this.#complete(resolved, execution, path, this))
        : this.#complete(value, execution, path, this)
      if (!isPromise(done)) return done
      return done.then(undefined, (error) =>
        handleFieldError(error, execution, path, this.#definition.type, this.nodes),
      )
    } catch (error) {
      return handleFieldError(error, execution, path, this.#definition.type, this.nodes)
    }
  }

  #valueOf(source: unknown, request: Execution, path: ResponsePath): unknown {
    const resolve = this.#resolve
    if (resolve) return resolve(source, this.#args(request), request.context, this.#info(request, path))
    // graphql-js' own resolver: a property, or a method.
    if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined
    const property: unknown = Reflect.get(source, this.#definition.name)
    if (typeof property !== 'function') return property
    return Reflect.apply(property, source, [this.#args(request), request.context, this.#info(request, path)])
  }

  #args(request: Execution): Record<string, unknown> {
    return (
      (this.#variables && variableValues(this.#variables, request.variables)) ??
      getArgumentValues(this.#definition, this.#node, request.variables)
    )
  }

  #info({ schema, operation, fragments, variables }: Execution, path: ResponsePath): GraphQLResolveInfo {
    return {
      fieldName: this.#definition.name,
      fieldNodes: this.nodes,
      returnType: this.#definition.type,
      parentType: this.parentType,
      path,
      schema,
      fragments,
      rootValue: undefined,
      operation,
      variableValues: variables as Record<string, unknown>,
    }
  }
}

/** By argument, in the order of the schema, the variable that brings it. */
type VariableArguments = readonly { readonly name: string; readonly variable: string }[]

/** @returns undefined where an argument is more than a variable, or may have a value that nobody sent */
function variableArguments({ args }: Definition, node: FieldNode): VariableArguments | undefined {
  const found: { name: string; variable: string }[] = []
  for (const { name, type, defaultValue } of args) {
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value
    if (given?.kind === Kind.VARIABLE) found.push({ name, variable: given.name.value })
    else if (given || defaultValue !== undefined || isNonNullType(type)) return undefined
  }
  return found
}

/** @returns undefined where a variable has no value, and graphql-js knows what that means */
function variableValues(
  wanted: VariableArguments,
  variables: Execution['variables'],
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {}
  for (const { name, variable } of wanted) {
    const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined
    if (value === undefined || value === null) return undefined
    values[name] = value
  }
  return values
}

/**
 * What stands in the answer in place of a value that could not be had: null, or nothing where the type allows none.
 * @throws GraphQLError with the place of the fault
 */
export function handleFieldError(
  error: unknown,
  execution: Execution,
  path: ResponsePath,
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
): null {
  const located = locatedError(error, nodes, responsePathAsArray(path))
  if (isNonNullType(type)) throw located
  execution.errorCollector.add(located, path)
  return null
}
