import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getArgumentValues,
  getNullableType,
  isNonNullType,
  Kind,
  locatedError,
  responsePathAsArray,
  specifiedScalarTypes,
} from 'graphql'
import type { FieldNodes } from './collect-fields.ts'
import { type Execution, isPromise, type ResponsePath } from './execution.ts'
import { completeAwaited, createArguments, hasDefault, isGraphQL17 } from './graphql-version.ts'

/**
 * Completes a resolver's result to the value in the response, or a promise of it (GraphQL §6.4.3). Leaves need no path.
 * @throws any error; the field adds its location
 */
export type CompleteValue = (
  value: unknown,
  execution: Execution,
  path: ResponsePath | undefined,
  field: CompiledField,
) => unknown

type FieldDefinition = GraphQLField<unknown, unknown>

const BUILT_IN_SCALARS: ReadonlySet<GraphQLOutputType> = new Set(specifiedScalarTypes)

/** A field of an object type, compiled from all nodes with its response key. */
export class CompiledField {
  readonly key: string
  readonly parentType: GraphQLObjectType
  readonly nodes: FieldNodes
  readonly #definition: FieldDefinition
  readonly #complete: CompleteValue
  readonly #variableArguments: readonly VariableArgument[] | undefined
  /** True for a built-in scalar without arguments and without a resolver. Those of others may serialize to a promise. */
  readonly #isPropertyLeaf: boolean

  constructor(
    key: string,
    parentType: GraphQLObjectType,
    nodes: FieldNodes,
    definition: FieldDefinition,
    complete: CompleteValue,
  ) {
    this.key = key
    this.parentType = parentType
    this.nodes = nodes
    this.#definition = definition
    this.#complete = complete
    this.#variableArguments = findVariableArguments(definition, nodes[0])
    const { resolve, args, type } = definition
    this.#isPropertyLeaf = !resolve && args.length === 0 && BUILT_IN_SCALARS.has(getNullableType(type))
  }

  /**
   * Executes the field for one object and returns its value, or a promise of it (GraphQL §6.4).
   * @throws GraphQLError if the field fails and its type is non-null
   */
  execute(source: unknown, execution: Execution, parentPath: ResponsePath | undefined): unknown {
    let path: ResponsePath | undefined
    // Creates exactly as many promises as graphql-js, because the order of errors depends on it.
    try {
      const property = this.#isPropertyLeaf ? readProperty(source, this.#definition.name) : undefined
      // Most of a page is texts and numbers, which need no path.
      if (typeof property === 'string' || typeof property === 'number')
        return this.#complete(property, execution, undefined, this)
      path = this.#createPath(parentPath)
      const value = this.#isPropertyLeaf
        ? this.#callMethod(property, source, undefined, execution, path)
        : this.#resolveValue(source, execution, path)
      return isPromise(value)
        ? this.#completePromise(value, execution, path)
        : this.#completeValue(value, execution, path)
    } catch (error) {
      return this.#handleError(error, execution, path ?? this.#createPath(parentPath))
    }
  }

  #completeValue(value: unknown, execution: Execution, path: ResponsePath): unknown {
    const completed = this.#complete(value, execution, path, this)
    if (!isPromise(completed)) return completed
    return completed.then(undefined, (error) => this.#handleError(error, execution, path))
  }

  #completePromise(value: Promise<unknown>, execution: Execution, path: ResponsePath): unknown {
    const complete = (resolved: unknown) => this.#complete(resolved, execution, path, this)
    const handleError = (error: unknown) => this.#handleError(error, execution, path)
    if (isGraphQL17) return completeAwaited(value, execution, complete, handleError)
    const completed: unknown = value.then(complete)
    // `then` of a value that is not a Promise may return anything.
    return isPromise(completed) ? completed.then(undefined, handleError) : completed
  }

  #handleError(error: unknown, execution: Execution, path: ResponsePath): null {
    return handleFieldError(error, execution, path, this.#definition.type, this.nodes)
  }

  #createPath(prev: ResponsePath | undefined): ResponsePath {
    return { prev, key: this.key, typename: this.parentType.name }
  }

  #resolveValue(source: unknown, execution: Execution, path: ResponsePath): unknown {
    const { resolve, args: definitions, name } = this.#definition
    // Coercing the arguments can fail, so that a field has to do it even if its value is a property.
    const args = resolve || definitions.length > 0 ? this.#getArguments(execution) : undefined
    if (resolve) return resolve(source, args, execution.context, this.#info(execution, path))
    return this.#callMethod(readProperty(source, name), source, args, execution, path)
  }

  /** Returns a property, or the result of a method, as graphql-js' default resolver does. */
  #callMethod(
    property: unknown,
    source: unknown,
    args: Record<string, unknown> | undefined,
    execution: Execution,
    path: ResponsePath,
  ): unknown {
    if (typeof property !== 'function') return property
    const info = this.#info(execution, path)
    return Reflect.apply(property, source, [args ?? createArguments(), execution.context, info])
  }

  #getArguments({ variables, variableValues }: Execution): Record<string, unknown> {
    return (
      (this.#variableArguments && readVariableArguments(this.#variableArguments, variables)) ??
      getArgumentValues(this.#definition, this.nodes[0], variableValues)
    )
  }

  #info({ schema, operation, fragments, variableValues }: Execution, path: ResponsePath): GraphQLResolveInfo {
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
      variableValues,
    }
  }
}

function readProperty(source: unknown, name: string): unknown {
  const hasProperties = typeof source === 'function' || (typeof source === 'object' && source !== null)
  return hasProperties ? Reflect.get(source, name) : undefined
}

/** An argument whose value is a variable. */
type VariableArgument = { readonly name: string; readonly variable: string }

/**
 * Finds the arguments of a field in the order of the schema, if all of them are plain variables.
 * @returns undefined if an argument is a literal, or gets a value without being provided
 */
function findVariableArguments({ args }: FieldDefinition, node: FieldNode) {
  const found: VariableArgument[] = []
  for (const argument of args) {
    const { name, type } = argument
    const value = node.arguments?.find((one) => one.name.value === name)?.value
    if (value?.kind === Kind.VARIABLE) found.push({ name, variable: value.name.value })
    else if (value || hasDefault(argument) || isNonNullType(type)) return undefined
  }
  return found
}

/** Reads the argument values; returns undefined if a variable has no value, which only graphql-js handles. */
function readVariableArguments(
  variableArguments: readonly VariableArgument[],
  variables: Execution['variables'],
): Record<string, unknown> | undefined {
  const values = createArguments()
  for (const { name, variable } of variableArguments) {
    const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined
    if (value === undefined || value === null) return undefined
    values[name] = value
  }
  return values
}

/**
 * Records the error of a value and returns the null that replaces it.
 * @throws GraphQLError with its location if the type is non-null, so that the parent becomes null
 */
export function handleFieldError(
  error: unknown,
  execution: Execution,
  path: ResponsePath,
  type: GraphQLOutputType,
  nodes: FieldNodes,
): null {
  const located = locatedError(error, nodes, responsePathAsArray(path))
  if (isNonNullType(type)) throw located
  execution.errorCollector.add(located, path)
  return null
}
