import {
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { getStringArgument } from './directive-arguments.ts'
import { collectInputTypes, collectOutputTypes } from './object-types.ts'
import {
  findElementsWith,
  findRuleDirectives,
  readPublicCoordinates,
  type SchemaCheck,
} from './read-rules.ts'
import type { Rules } from './rule.ts'
import type { Finding, Violation } from './schema-violation.ts'

/** Returns the first coordinate with a rule among those that apply where this type or field is selected. */
function findAppliedRule(schema: GraphQLSchema, rules: Rules, coordinate: string): string | undefined {
  const [typeName = '', fieldName] = coordinate.split('.')
  const type = schema.getType(typeName)
  const field = isObjectType(type) && fieldName ? type.getFields()[fieldName] : undefined
  const applied = field ? [coordinate, typeName, getNamedType(field.type).name] : [coordinate]
  return applied.find((appliedCoordinate) => rules.has(appliedCoordinate))
}

/**
 * Returns `Query._service` and `_Service.sdl` of a subgraph of Federation, through which a gateway reads the SDL; none if
 * they have another shape. They disclose what introspection does, and need no rule.
 */
function findServiceFields(schema: GraphQLSchema): readonly string[] {
  const queryType = schema.getQueryType()
  const field = queryType?.getFields()._service
  const serviceType = schema.getType('_Service')
  if (!isObjectType(serviceType)) return []
  const shape = [field, ...Object.values(serviceType.getFields())].map(
    (member) => `${member?.name}(${member?.args.join()}): ${member?.type}`,
  )
  const isService = /^_service\(\): _Service!, sdl\(\): String!?$/.test(shape.join(', '))
  return isService ? [`${queryType}._service`, '_Service.sdl'] : []
}

/**
 * Finds fields without a rule or `@public`: those that are reachable from a root without crossing a rule, or in strict
 * mode all that are reachable. Unless strict, fields below such a field are not listed, because the fix decides whether
 * they are reachable.
 */
export function* findUnguardedFields(check: SchemaCheck): Generator<Violation> {
  const { schema, rules, elements, isStrict } = check
  const publicCoordinates = new Set([...readPublicCoordinates(elements), ...findServiceFields(schema)])
  const isPublic = (coordinate: string) =>
    publicCoordinates.has(coordinate) || publicCoordinates.has(coordinate.replace(/\..*/, ''))
  const hasRule = (coordinate: string) => findAppliedRule(schema, rules, coordinate) !== undefined
  const types = collectOutputTypes(
    schema,
    (coordinate) => isStrict || (isPublic(coordinate) && !hasRule(coordinate)),
  )
  for (const type of types) {
    if (!isObjectType(type)) continue
    for (const { name, astNode } of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${name}`
      if (hasRule(coordinate) || isPublic(coordinate)) continue
      // Nodes without a location are those of a library, such as the ones that buildSubgraphSchema adds.
      const fix = astNode?.loc
        ? 'Add @requiresScope(scopes: …) to it or to its type, or @public(reason: …).'
        : 'Add requiresScope to its extensions or to those of its type, or public with a reason.'
      yield { coordinate, node: astNode, message: 'has no rule.', fix }
    }
  }
}

const REMOVE_PUBLIC = 'Remove @public.'

/**
 * Finds uses of `@public` without a reason, and those without effect. `@public` has an effect where the check would
 * otherwise demand a rule: on what is reachable without crossing a rule, or in strict mode on all that is reachable.
 */
export function* findPublicViolations(check: SchemaCheck): Generator<Violation> {
  const { schema, rules, elements, isStrict } = check
  const hasRule = (coordinate: string) => findAppliedRule(schema, rules, coordinate) !== undefined
  const types = collectOutputTypes(schema, (coordinate) => isStrict || !hasRule(coordinate))
  const whyUnreached = isStrict ? 'no operation can reach it' : 'every path to it crosses a rule'
  for (const { coordinate, node } of findElementsWith(elements, 'public')) {
    const [typeName = '', fieldName] = coordinate.split('.')
    const type = schema.getType(typeName)
    const fields = isObjectType(type) ? Object.keys(type.getFields()) : []
    const ruledCoordinate = findAppliedRule(schema, rules, coordinate)
    const findings: Finding[] = []
    if (getStringArgument(node, 'reason').trim() === '')
      findings.push({ message: 'is @public without a reason.', fix: 'Write why no scope is required.' })
    if (ruledCoordinate === coordinate)
      findings.push({ message: 'has both a rule and @public.', fix: 'Remove one of them.' })
    else if (ruledCoordinate)
      findings.push({ message: `is @public, but ${ruledCoordinate} has a rule.`, fix: REMOVE_PUBLIC })
    else if (!type || fields.length === 0 || (fieldName && !fields.includes(fieldName)))
      findings.push({
        message: 'cannot be @public.',
        fix: 'Put it on object types or on their fields, or remove it.',
      })
    else if (!types.has(type))
      findings.push({ message: `is @public without effect: ${whyUnreached}.`, fix: REMOVE_PUBLIC })
    else if (!fieldName && fields.every((name) => hasRule(`${typeName}.${name}`)))
      findings.push({
        message: 'is @public without effect: each of its fields has a rule.',
        fix: REMOVE_PUBLIC,
      })
    for (const finding of findings) yield { coordinate, node, ...finding }
  }
}

/** Finds rules that no operation can run into, so that they only look like a protection. */
export function* findIneffectiveRules({ schema, elements }: SchemaCheck): Generator<Violation> {
  const outputTypes = collectOutputTypes(schema)
  const inputTypes = collectInputTypes(outputTypes)
  for (const { coordinate, node } of findRuleDirectives(schema, elements)) {
    const [name = '', member] = coordinate.split('.')
    const type = schema.getType(name)
    const isInput = isInputObjectType(type)
    const isMisplaced = isInput ? !member : isEnumType(type) && member
    const isEffective = type && !isMisplaced && (isInput ? inputTypes : outputTypes).has(type)
    if (isEffective) continue
    let finding = {
      message: 'has a rule without effect: no operation can reach it.',
      fix: 'Remove the rule.',
    }
    if (isMisplaced)
      finding = {
        message: 'has a rule without effect.',
        fix: 'Put it on the fields of an input type, or on a whole enum.',
      }
    else if (isLeafType(type) && inputTypes.has(type))
      finding = {
        message:
          'has a rule without effect: the type is only used for inputs, and its rule applies where it is returned.',
        fix: 'Put the rule on the arguments, or remove it.',
      }
    yield { coordinate, node, ...finding }
  }
}
