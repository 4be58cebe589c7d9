import {
  defaultFieldResolver,
  defaultTypeResolver,
  type GraphQLAbstractType,
  type GraphQLArgumentConfig,
  GraphQLDirective,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLInputObjectType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  type GraphQLType,
  type GraphQLTypeResolver,
  GraphQLUnionType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
} from 'graphql'
import { readFieldRules } from './field-rules.ts'
import { hasNonNullObjects } from './isolate-items.ts'
import type { Rules } from './rule.ts'

type Resolver = GraphQLFieldResolver<unknown, unknown>
type TypeResolver = GraphQLTypeResolver<unknown, unknown>

export type Guards = {
  /**
   * Wraps a resolver, or `subscribe`, of a guarded field.
   * @param isSubscription whether it is of a field of the subscription type, which runs for each event
   */
  readonly guardResolver: (resolve: Resolver, isSubscription: boolean) => Resolver
  /** Wraps a resolver of another field, which returns a list of non-null objects. */
  readonly guardItems: (resolve: Resolver) => Resolver
  /** Wraps the type resolver of an interface or union that includes a type with a rule. */
  readonly guardTypeResolver: (resolveType: TypeResolver) => TypeResolver
}

/**
 * Copies a schema, with a guard around the resolver and `subscribe` of every field that may require a rule, around those that
 * return lists of non-null objects, and around the type resolver of every interface and union that includes a type with a rule.
 */
export function guardSchema(schema: GraphQLSchema, rules: Rules, guards: Guards): GraphQLSchema {
  const { guardResolver, guardItems, guardTypeResolver } = guards
  const subscriptionType = schema.getSubscriptionType()?.name
  const copy = copySchema(schema, {
    mapField(field, name, typeName) {
      const resolve = field.resolve ?? defaultFieldResolver
      if (!mayRequireRule(schema, rules, typeName, name))
        return hasNonNullObjects(field.type) ? { ...field, resolve: guardItems(resolve) } : field
      const isSubscription = typeName === subscriptionType
      return {
        ...field,
        resolve: guardResolver(resolve, isSubscription),
        // Without one, graphql-js reads the stream from the root value.
        ...((field.subscribe || isSubscription) && {
          subscribe: guardResolver(field.subscribe ?? defaultFieldResolver, true),
        }),
      }
    },
    mapTypeResolver: (type) =>
      includesGuardedType(schema, rules, type)
        ? guardTypeResolver(type.resolveType ?? defaultTypeResolver)
        : type.resolveType,
  })
  guardedSchemas.set(copy, [...listResolvers(copy)])
  return copy
}

/** The resolvers of the schemas that `guardSchema` returned. */
const guardedSchemas = new WeakMap<GraphQLSchema, readonly SchemaResolver[]>()

type SchemaResolver = { readonly coordinate: string; readonly resolver: unknown }

function* listResolvers(schema: GraphQLSchema): Generator<SchemaResolver> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) yield { coordinate: type.name, resolver: type.resolveType }
    if (!isObjectType(type) || isIntrospectionType(type)) continue
    for (const { name, resolve, subscribe } of Object.values(type.getFields())) {
      yield { coordinate: `${type.name}.${name}`, resolver: resolve }
      yield { coordinate: `${type.name}.${name}`, resolver: subscribe }
    }
  }
}

/** Returns the coordinate of a resolver that was replaced after `guardSchema` had returned the schema. */
export function findReplacedResolver(schema: GraphQLSchema): string | undefined {
  const current = [...listResolvers(schema)]
  return guardedSchemas.get(schema)?.find(({ resolver }, i) => resolver !== current[i]?.resolver)?.coordinate
}

const includesGuardedType = (schema: GraphQLSchema, rules: Rules, type: GraphQLAbstractType) =>
  schema.getPossibleTypes(type).some((possibleType) => rules.has(possibleType.name))

/** Returns true if selecting a field may require a rule: of its type, itself, a type that it returns, or an argument. */
function mayRequireRule(schema: GraphQLSchema, rules: Rules, typeName: string, name: string): boolean {
  const type = schema.getType(typeName)
  if (!isObjectType(type)) return false
  const { coordinateRules, guardedArguments, returns } = readFieldRules(rules, type, type, name)
  return (
    coordinateRules.length > 0 ||
    guardedArguments.size > 0 ||
    (isAbstractType(returns?.type) && includesGuardedType(schema, rules, returns.type))
  )
}

type Field = GraphQLFieldConfig<unknown, unknown>
type Mappers = {
  readonly mapField: (field: Field, name: string, typeName: string) => Field
  readonly mapTypeResolver: (type: GraphQLAbstractType) => TypeResolver | null | undefined
}

/** Copies a schema. Types refer to each other, so that a copy of one takes copies of all that have fields. */
function copySchema(schema: GraphQLSchema, { mapField, mapTypeResolver }: Mappers): GraphQLSchema {
  const config = schema.toConfig()
  const copies = new Map<string, GraphQLNamedType>()
  for (const type of config.types) if (!isIntrospectionType(type)) copies.set(type.name, copyType(type))

  // The copy of a type is of the same kind, which TypeScript does not follow.
  function copyOf<T extends GraphQLType | null | undefined>(type: T): T
  function copyOf(type: GraphQLType): GraphQLType {
    if (isListType(type)) return new GraphQLList(copyOf(type.ofType))
    if (isNonNullType(type)) return new GraphQLNonNull(copyOf(type.ofType))
    return (type && copies.get(type.name)) ?? type
  }

  const copyArguments = (args: Readonly<Record<string, GraphQLArgumentConfig>> = {}) =>
    mapValues(args, (arg) => ({ ...arg, type: copyOf(arg.type) }))

  function copyFields(fields: Readonly<Record<string, Field>>, typeName: string) {
    return mapValues(fields, (field, name) => {
      const copy = { ...field, type: copyOf(field.type), args: copyArguments(field.args) }
      return mapField(copy, name, typeName)
    })
  }

  function copyType(type: GraphQLNamedType): GraphQLNamedType {
    // Fields are copied lazily: their types may not have been copied yet.
    if (isObjectType(type)) {
      const object = type.toConfig()
      const interfaces = () => object.interfaces.map(copyOf)
      return new GraphQLObjectType({
        ...object,
        interfaces,
        fields: () => copyFields(object.fields, type.name),
      })
    }
    if (isInterfaceType(type)) {
      const object = type.toConfig()
      const interfaces = () => object.interfaces.map(copyOf)
      return new GraphQLInterfaceType({
        ...object,
        resolveType: mapTypeResolver(type),
        interfaces,
        fields: () => copyFields(object.fields, type.name),
      })
    }
    if (isUnionType(type)) {
      const union = type.toConfig()
      const resolveType = mapTypeResolver(type)
      return new GraphQLUnionType({ ...union, resolveType, types: () => union.types.map(copyOf) })
    }
    if (isInputObjectType(type)) {
      const input = type.toConfig()
      const fields = () => mapValues(input.fields, (field) => ({ ...field, type: copyOf(field.type) }))
      return new GraphQLInputObjectType({ ...input, fields })
    }
    return type
  }

  return new GraphQLSchema({
    ...config,
    query: copyOf(config.query),
    mutation: copyOf(config.mutation),
    subscription: copyOf(config.subscription),
    types: [...copies.values()],
    directives: config.directives.map((directive) =>
      isSpecifiedDirective(directive)
        ? directive
        : new GraphQLDirective({ ...directive.toConfig(), args: copyArguments(directive.toConfig().args) }),
    ),
  })
}

const mapValues = <Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value, key: string) => Result,
): Record<string, Result> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]))
