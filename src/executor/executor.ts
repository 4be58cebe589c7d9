import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { type CoerceVariables, type CoercionOptions, createCoerceVariables } from './coerce-variables.ts'
import { collectConditionVariables, isCompilable } from './compilable.ts'
import { compileFields } from './compile.ts'
import type { CompileContext } from './compile-context.ts'
import type { CompiledField } from './compiled-field.ts'
import { executeFields, executeFieldsSerially } from './execute-fields.ts'
import { ErrorCollector, type Execution, isPromise } from './execution.ts'
import { isGraphQL17 } from './graphql-version.ts'

/** An operation to execute, from a valid document, with variables as the request sent them. */
type OperationRequest = {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly context: unknown
}

/** Executes an operation with the same result as graphql-js' `execute`. Returns a promise only if a resolver does. */
export type ExecuteOperation = (request: OperationRequest) => ExecutionResult | Promise<ExecutionResult>

/** The number of combinations of `@skip` and `@include` that are compiled per operation. */
const MAX_VARIANTS = 16
/**
 * The number of compiled fields in the cache, about 25 MB. A short document can have thousands of fields, if it spreads
 * fragments in many places. When the limit is exceeded, the cache is cleared.
 */
const MAX_COMPILED_FIELDS = 50_000

type ExecuteRoot = (execution: Execution) => unknown

type CompiledOperation = {
  readonly operation: OperationDefinitionNode
  /** The same operation node can be put into another document with other fragments, so the document is compared. */
  readonly document: DocumentNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly coerceVariables: CoerceVariables
  /** The variables that decide which fields are included; undefined if graphql-js executes the operation. */
  readonly conditionVariables: readonly string[] | undefined
  /** By the values of the condition variables. */
  readonly variants: Map<string, ExecuteRoot>
}

/**
 * Creates an executor with the results of graphql-js' `execute`, which compiles each operation once: the fields of each
 * object, their definitions, and how their values are completed. The compiled form is closures, not generated code.
 * graphql-js still coerces variables and arguments, and executes operations that cannot be compiled: those with
 * interfaces, unions, `isTypeOf`, or a key called `__proto__`.
 */
export function createExecutor(schema: GraphQLSchema, options: CoercionOptions = {}): ExecuteOperation {
  const compiledFields = { count: 0 }
  let operations = new WeakMap<OperationDefinitionNode, CompiledOperation>()
  const getCompiledOperation = (document: DocumentNode, operation: OperationDefinitionNode) => {
    if (compiledFields.count > MAX_COMPILED_FIELDS) {
      operations = new WeakMap()
      compiledFields.count = 0
    }
    const existing = operations.get(operation)
    if (existing?.document === document) return existing
    const compiled = compileOperation(schema, document, operation, options)
    operations.set(operation, compiled)
    return compiled
  }

  return function executeOperation({ document, operation, variables, context }) {
    const compiled = getCompiledOperation(document, operation)
    const coercion = compiled.coerceVariables(variables ?? {})
    if ('errors' in coercion) return { errors: coercion.errors }
    const executeRoot = getVariant({ schema, compiledFields }, compiled, coercion.variables)
    if (!executeRoot)
      return execute({
        schema,
        document,
        contextValue: context,
        variableValues: variables,
        operationName: operation.name?.value,
      })
    return buildResult(executeRoot, {
      schema,
      operation,
      fragments: compiled.fragments,
      context,
      variables: coercion.variables,
      variableValues: coercion.variableValues,
      errorCollector: new ErrorCollector(),
    })
  }
}

function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  options: CoercionOptions,
) {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node
  return {
    operation,
    document,
    fragments,
    coerceVariables: createCoerceVariables(schema, operation.variableDefinitions ?? [], options),
    conditionVariables: isCompilable(schema, document)
      ? collectConditionVariables(document, operation)
      : undefined,
    variants: new Map<string, ExecuteRoot>(),
  }
}

/** Returns the variant for these variables, compiled if it is new; undefined if graphql-js must execute the operation. */
function getVariant(
  { schema, compiledFields }: Pick<CompileContext, 'schema' | 'compiledFields'>,
  { operation, fragments, conditionVariables, variants }: CompiledOperation,
  variables: Readonly<Record<string, unknown>>,
): ExecuteRoot | undefined {
  if (!conditionVariables) return undefined
  const conditions = conditionVariables.map((name) => [name, variables[name]] as const)
  // A null condition is an error that graphql-js reports. Another operation of the document may use the same variable
  // name with another type, so the values are not converted to strings unchecked.
  if (!conditions.every(([, value]) => typeof value === 'boolean')) return undefined
  const variant = conditions.map(([, value]) => value).join()
  const existing = variants.get(variant)
  if (existing) return existing
  const rootType = schema.getRootType(operation.operation)
  if (!rootType || variants.size >= MAX_VARIANTS) return undefined
  const context = { schema, fragments, variables: Object.fromEntries(conditions), compiledFields }
  const executeRoot = createExecuteRoot(compileFields(context, rootType, [operation.selectionSet]), operation)
  variants.set(variant, executeRoot)
  return executeRoot
}

const createExecuteRoot = (fields: readonly CompiledField[], { operation }: OperationDefinitionNode) =>
  operation === 'mutation'
    ? (execution: Execution) => executeFieldsSerially(fields, execution)
    : (execution: Execution) => executeFields(fields, undefined, execution, undefined)

/** Builds the result: errors come first, and data is null if an error propagated to the root (GraphQL §7.1). */
function buildResult(executeRoot: ExecuteRoot, execution: Execution) {
  const { errorCollector } = execution
  const { errors } = errorCollector
  const succeed = (data: unknown): ExecutionResult =>
    (errors.length === 0 ? { data } : { errors, data }) as ExecutionResult
  const fail = (error: unknown) => {
    errorCollector.add(error as GraphQLError, undefined)
    return succeed(null)
  }
  try {
    const data = executeRoot(execution)
    if (!isPromise(data)) return errorCollector.close(succeed(data))
    const result = data.then(succeed, fail)
    // One microtask later, as graphql 17 does.
    return isGraphQL17 ? result.then((value) => errorCollector.close(value)) : result
  } catch (error) {
    return errorCollector.close(fail(error))
  }
}
