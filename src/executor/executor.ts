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
import { type CoerceVariables, createCoerceVariables } from './coerce-variables.ts'
import type { CompileContext } from './collect-fields.ts'
import { collectConditionVariables, isCompilable } from './compilable.ts'
import { compileFields, executeFields, executeFieldsSerially } from './compile.ts'
import type { CompiledField } from './compiled-field.ts'
import { ErrorCollector, type Execution, isPromise } from './execution.ts'

/** One operation to be run. Its document is valid, and its variables are as they were sent. */
type Operation = {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Readonly<Record<string, unknown>> | undefined
  readonly context: unknown
}

/** @returns data, errors or both, as graphql-js' `execute`; a promise where something has to be waited for */
export type ExecuteOperation = (operation: Operation) => ExecutionResult | Promise<ExecutionResult>

/** So many ways to answer `@skip` and `@include` are compiled for one operation. */
const MOST_VARIANTS = 16
/**
 * So many compiled fields are kept, some 25 MB. A short document can have thousands, by fragments that are spread in
 * many places; where all of them together come to more, all are forgotten and compiled anew when they are asked for.
 */
const MOST_FIELDS = 50_000

type Root = (request: Execution) => unknown

/** What is known of an operation. */
type Known = {
  /** Somebody may put an operation that was known into another document, with other fragments. */
  readonly document: DocumentNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  /** Coerces what was sent. */
  readonly variables: CoerceVariables
  /** Variables that say which fields there are; undefined: this one is left to graphql-js. */
  readonly conditions: readonly string[] | undefined
  /** By the values of the conditions. */
  readonly variants: Map<string, Root>
}

/**
 * Runs operations as graphql-js' `execute` does, with what it finds out anew at each request found out once: which
 * fields an object has, their definitions, and what is to be done with their values. Variables and arguments are
 * coerced by graphql-js itself, and what is not compiled is run by it: unions, interfaces, `isTypeOf`, and a key that
 * is called `__proto__`. Nothing is compiled to text: it is closures, so no code is made at run time.
 */
export function createExecutor(schema: GraphQLSchema): ExecuteOperation {
  const compiledFields = { count: 0 }
  let operations = new WeakMap<OperationDefinitionNode, Known>()
  const knownOf = (document: DocumentNode, operation: OperationDefinitionNode) => {
    if (compiledFields.count > MOST_FIELDS) {
      operations = new WeakMap()
      compiledFields.count = 0
    }
    const before = operations.get(operation)
    if (before?.document === document) return before
    const known = learn(schema, document, operation)
    operations.set(operation, known)
    return known
  }

  return function run({ document, operation, variables, context }) {
    const known = knownOf(document, operation)
    const coerced = known.variables(variables ?? {})
    if (coerced.errors) return { errors: coerced.errors }
    const root = rootOf({ schema, operation, compiledFields }, known, coerced.coerced)
    if (!root)
      return execute({
        schema,
        document,
        contextValue: context,
        variableValues: variables,
        operationName: operation.name?.value,
      })
    const { fragments } = known
    const faults = new ErrorCollector()
    return answered(root, {
      schema,
      operation,
      fragments,
      context,
      variables: coerced.coerced,
      errorCollector: faults,
    })
  }
}

function learn(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Known {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null)
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node
  const conditions = isCompilable(schema, document)
    ? collectConditionVariables(document, operation)
    : undefined
  const variables = createCoerceVariables(schema, operation.variableDefinitions ?? [])
  return { document, fragments, variables, conditions, variants: new Map() }
}

/** @returns undefined where graphql-js is to run it */
function rootOf(
  {
    schema,
    operation,
    compiledFields,
  }: Pick<CompileContext, 'schema' | 'compiledFields'> & Pick<Operation, 'operation'>,
  { fragments, conditions, variants }: Known,
  variables: Readonly<Record<string, unknown>>,
): Root | undefined {
  if (!conditions) return undefined
  const values = conditions.map((name) => [name, variables[name]] as const)
  // Null where a condition has to be: graphql-js has the words for it. Another operation may mean something else by a
  // condition's name; what is sent for it here is not asked for its text.
  if (!values.every(([, value]) => typeof value === 'boolean')) return undefined
  const variant = values.map(([, value]) => value).join()
  const before = variants.get(variant)
  if (before) return before
  const type = schema.getRootType(operation.operation)
  if (!type || variants.size >= MOST_VARIANTS) return undefined
  const document = { schema, fragments, variables: Object.fromEntries(values), compiledFields }
  const root = rootWith(compileFields(document, type, [operation.selectionSet]), operation)
  variants.set(variant, root)
  return root
}

const rootWith = (fields: readonly CompiledField[], { operation }: OperationDefinitionNode): Root =>
  operation === 'mutation'
    ? (request) => executeFieldsSerially(fields, request)
    : (request) => executeFields(fields, undefined, request, undefined)

/** GraphQL §7.1: errors stand in front, data is null where a root field's failure has gone all the way up. */
function answered(root: Root, request: Execution): ExecutionResult | Promise<ExecutionResult> {
  const { errorCollector } = request
  const { errors } = errorCollector
  const whole = (data: unknown): ExecutionResult =>
    (errors.length === 0 ? { data } : { errors, data }) as ExecutionResult
  const broken = (error: unknown) => {
    errorCollector.add(error as GraphQLError, undefined)
    return whole(null)
  }
  try {
    const data = root(request)
    return isPromise(data) ? data.then(whole, broken) : whole(data)
  } catch (error) {
    return broken(error)
  }
}
