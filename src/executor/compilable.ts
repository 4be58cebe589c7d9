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
 * Returns false if the schema alone does not determine how the document executes: a field returns an interface, a
 * union or a type with `isTypeOf`. Also false for the alias `__proto__`, which is not a key of an ordinary object.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema)
  let compilable = true
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field({ alias }) {
        const type = getNamedType(typeInfo.getType())
        if (alias?.value === '__proto__' || isAbstractType(type) || (isObjectType(type) && type.isTypeOf))
          compilable = false
      },
    }),
  )
  return compilable
}

/** Collects the variables of the operation that `@skip` and `@include` use, anywhere in the document. */
export function collectConditionVariables(document: DocumentNode, operation: OperationDefinitionNode) {
  const conditionNames = new Set<string>()
  visit(document, {
    Directive({ name, arguments: args }) {
      if (name.value !== 'skip' && name.value !== 'include') return
      for (const { value } of args ?? [])
        if (value.kind === Kind.VARIABLE) conditionNames.add(value.name.value)
    },
  })
  const variables = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? []
  return variables.filter((name) => conditionNames.has(name))
}
