import type { SourceMutation } from './source-mutation.ts'

/** Mutations of src/executor. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: pieces of code
export const EXECUTOR_MUTATIONS: readonly SourceMutation[] = [
  {
    file: 'collect-fields',
    find: 'if (nodes) nodes.push(selection)',
    replace: 'if (nodes) nodes.unshift(selection)',
  },
  { file: 'collect-fields', find: 'if (!isIncluded(context, selection)) continue', replace: '' },
  { file: 'collect-fields', find: 'schema.isSubType(condition, type)', replace: 'true' },
  {
    file: 'collect-fields',
    find: 'if (!typeCondition) return true',
    replace: 'if (!typeCondition) return false',
  },
  { file: 'collect-fields', find: "'skip') !== true", replace: "'skip') !== false" },
  { file: 'collect-fields', find: "'include') !== false", replace: "'include') === true" },
  { file: 'compile', find: 'name === SchemaMetaFieldDef.name', replace: 'name === TypeMetaFieldDef.name' },
  { file: 'compile', find: 'context.compiledFields.count += fields.length', replace: '' },
  { file: 'compile', find: 'if (completed === null)', replace: 'if (completed === undefined)' },
  {
    file: 'compile',
    find: 'if (value === null || value === undefined) return null',
    replace: 'if (value === null) return null',
  },
  { file: 'compile', find: 'if (value instanceof Error) throw value', replace: '' },
  {
    file: 'compile',
    find: 'if (serialized === null || serialized === undefined)',
    replace: 'if (serialized === undefined)',
  },
  { file: 'compile', find: "!== 'function')\n      throw", replace: "=== 'undefined')\n      throw" },
  { file: 'compile', find: 'if (isPromise(item)) item.then(undefined, () => undefined)', replace: 'item' },
  { file: 'compile', find: 'items.some(isPromise) ? Promise.all(items) : items', replace: 'items' },
  {
    file: 'compile',
    find: 'handleFieldError(error, execution, itemPath, type.ofType, field.nodes)',
    replace: 'handleFieldError(error, execution, itemPath, type, field.nodes)',
  },
  {
    file: 'compile',
    find: 'isPromise(completed) ? completed.then(undefined, fail) : completed',
    replace: 'completed',
  },
  {
    file: 'compile',
    find: 'nodes.flatMap(({ selectionSet }) => selectionSet ?? [])',
    replace: 'nodes.slice(0, 1).flatMap(({ selectionSet }) => selectionSet ?? [])',
  },
  {
    file: 'execute-fields',
    find: 'if (isGraphQL17 || pendingKeys.length === 0) throw error',
    replace: 'throw error',
  },
  {
    file: 'execute-fields',
    find: "data[keys[index] ?? ''] = values[index]",
    replace: "data[keys[index] ?? ''] ??= values[index]",
  },
  {
    file: 'execute-fields',
    find: 'firstValue.then((value) => [value]).then(assign)',
    replace: 'firstValue.then((value) => assign([value]))',
  },
  {
    file: 'execute-fields',
    find: 'result = isPromise(result) ? result.then(() => executeField(field)) : executeField(field)',
    replace: 'result = executeField(field)',
  },
  {
    file: 'executor',
    find: 'return { errors: coercion.errors }',
    replace: 'return { errors: coercion.errors, data: null }',
  },
  { file: 'coerce-variables', find: 'maxErrors = 50', replace: 'maxErrors = 49' },
  { file: 'coerce-variables', find: "if (typeof value !== 'string') return coerce(variables)", replace: '' },
  { file: 'coerce-variables', find: "if (variable.name.value === '__proto__') return false", replace: '' },
  {
    file: 'coerce-variables',
    find: 'nullableType === GraphQLID || nullableType === GraphQLString',
    replace: 'true',
  },
  { file: 'executor', find: 'existing?.document === document', replace: 'existing' },
  { file: 'executor', find: 'operations = new WeakMap()\n', replace: '' },
  {
    file: 'executor',
    find: "if (!conditions.every(([, value]) => typeof value === 'boolean')) return undefined",
    replace: '',
  },
  {
    file: 'executor',
    find: 'const variant = conditions.map(([, value]) => value).join()',
    replace: "const variant = ''",
  },
  {
    file: 'executor',
    find: 'const variant = conditions.map(([, value]) => value).join()',
    replace: 'const variant = String(conditions[0]?.[1])',
  },
  { file: 'executor', find: "operation === 'mutation'", replace: "operation === 'subscription'" },
  { file: 'executor', find: '{ errors, data }', replace: '{ data, errors }' },
  { file: 'executor', find: 'errorCollector.add(error as GraphQLError, undefined)', replace: '' },
  { file: 'executor', find: 'operationName: operation.name?.value', replace: 'operationName: undefined' },
  {
    file: 'executor',
    find: 'data.then(succeed, fail)',
    replace: 'data.then(succeed)',
  },
  { file: 'compiled-field', find: 'typename: this.parentType.name', replace: 'typename: this.key' },
  {
    file: 'compiled-field',
    find: "typeof property === 'string' || typeof property === 'number'",
    replace: 'property !== undefined',
  },
  { file: 'compiled-field', find: '&& args.length === 0 && BUILT_IN', replace: '&& BUILT_IN' },
  {
    file: 'compiled-field',
    find: 'Reflect.apply(property, source,',
    replace: 'Reflect.apply(property, undefined,',
  },
  {
    file: 'compiled-field',
    find: 'else if (value || hasDefault(argument) || isNonNullType(type)) return undefined',
    replace: '',
  },
  {
    file: 'compiled-field',
    find: 'if (value === undefined || value === null) return undefined',
    replace: '',
  },
  { file: 'compiled-field', find: 'resolve || definitions.length > 0 ?', replace: 'resolve ?' },
  { file: 'compiled-field', find: 'fieldNodes: this.nodes', replace: 'fieldNodes: this.nodes.slice(0, 1)' },
  { file: 'compiled-field', find: 'if (isNonNullType(type)) throw located', replace: '' },
  {
    file: 'compiled-field',
    find: 'if (!isPromise(completed)) return completed\n',
    replace: 'if (!isPromise(value)) return completed\n',
  },
  { file: 'compilable', find: "alias?.value === '__proto__' ||", replace: '' },
  { file: 'compilable', find: '|| (isObjectType(type) && type.isTypeOf)', replace: '' },
  {
    file: 'compilable',
    find: "if (name.value !== 'skip' && name.value !== 'include') return",
    replace: "if (name.value !== 'skip') return",
  },
  { file: 'execution', find: 'if (this.#nullPaths.has(undefined)) return', replace: '' },
  { file: 'execution', find: 'if (this.#nullPaths.has(path)) return', replace: '' },
  { file: 'execution', find: 'this.#nullPaths.add(nullPath)', replace: '' },
]
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: pieces of code
