import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/**
 * Whether all that a document asks for is told by the schema beforehand: an object of a union or an interface has its
 * type only once it is there, `isTypeOf` looks at each, and on an ordinary object `__proto__` is no key.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema)
  let can = true
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ alias }) {
        const type = getNamedType(types.getType())
        if (alias?.value === '__proto__' || isAbstractType(type) || (isObjectType(type) && type.isTypeOf))
          can = false
      },
    }),
  )
  return can
}

/** The operation's variables that `@skip` and `@include` look at, anywhere in its document. */
export function collectConditionVariables(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive({ name, arguments: args }) {
      if (name.value !== 'skip' && name.value !== 'include') return
      for (const { value } of args ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  const own = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
  return own.filter((name) => names.has(name))
}
