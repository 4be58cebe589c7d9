import {
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
  Kind,
} from 'graphql'
import {
  getArgumentValue,
  getStringArgument,
  parseRule,
  type Rules,
  type SchemaElement,
} from './read-rules.ts'
import { simplifyRule } from './rule.ts'
import type { Violation } from './violation.ts'

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** A challenge must fit a header that every proxy lets through. */
const LONGEST_SCOPE = 255

/** How the three directives must be declared for their words to mean what they say. */
const DECLARED: readonly (readonly [name: string, argument: string, type: string])[] = [
  ['requiresScope', 'scopes', '[[Scope!]!]!'],
  ['public', 'reason', 'String!'],
  ['scope', 'name', 'Scope!'],
]

const named = (site: SchemaElement, name: string) =>
  site.directives.filter((node) => node.name.value === name)

/** Directives that are missing, declared otherwise, or used without being declared: their rules would vanish. */
export function* directiveViolations(
  schema: GraphQLSchema,
  elements: readonly SchemaElement[],
): Generator<Violation> {
  for (const [name, argument, type] of DECLARED) {
    const directive = schema.getDirective(name)
    const taken = directive?.args.find((one) => one.name === argument)
    if (String(taken?.type) === type) continue
    const message = `must be declared with "${argument}: ${type}", as in directives.graphql.`
    yield { coordinate: `@${name}`, node: directive?.astNode, message }
  }
  const declared = schema.getDirectives()
  const known = declared.map((directive) => directive.name)
  const ours = declared.filter((directive) => !isSpecifiedDirective(directive)).map((one) => one.name)
  for (const site of elements)
    for (const node of site.directives)
      if (!known.includes(node.name.value)) {
        const own = ours.join(', @')
        const message = `@${node.name.value} is not declared and would mean nothing; declared are @${own}.`
        yield { coordinate: site.coordinate, node, message }
      }
}

/** Scopes that are declared wrongly or twice. */
export function* scopeDeclarationViolations(elements: readonly SchemaElement[]): Generator<Violation> {
  const seen = new Set<string>()
  for (const [name, node] of declaredNames(elements)) {
    const message = seen.has(name)
      ? `@scope declares ${JSON.stringify(name)} twice; keep one.`
      : tokenFault(name)
    if (message) yield { coordinate: 'schema', node, message }
    seen.add(name)
  }
}

const declaredNames = (all: readonly SchemaElement[]) =>
  all
    .filter((site) => site.coordinate === 'schema')
    .flatMap((site) => named(site, 'scope'))
    .map((node) => [getStringArgument(node, 'name'), node] as const)

function tokenFault(scope: string): string | undefined {
  if (!SCOPE_TOKEN.test(scope))
    return `${JSON.stringify(scope)} is no scope token (RFC 6749, 3.3): printable ASCII without space, quote, backslash.`
  if (scope.length > LONGEST_SCOPE) return `a scope of ${scope.length} characters; ${LONGEST_SCOPE} at most.`
  return undefined
}

/** Rules that are written wrongly where they stand. */
export function* ruleViolations(
  schema: GraphQLSchema,
  rules: Rules,
  elements: readonly SchemaElement[],
): Generator<Violation> {
  const known = declaredNames(elements).map(([name]) => name)
  for (const site of elements) {
    const [node, second] = named(site, 'requiresScope')
    const [open] = named(site, 'public')
    const { coordinate } = site
    if (second) yield { coordinate, node: second, message: 'has two rules; write one with both.' }
    if (node)
      for (const message of ruleFaults(node, known, isAbstract(schema, coordinate)))
        yield { coordinate, node, message }
    const above = open && ruledBeside(schema, rules, coordinate)
    if (above === coordinate)
      yield { coordinate, node, message: 'is @public and has a rule; keep one of them.' }
    else if (above)
      yield { coordinate, node: open, message: `is @public, but ${above} has a rule; drop @public.` }
  }
}

function isAbstract(schema: GraphQLSchema, coordinate: string) {
  const type = schema.getType(coordinate)
  return isInterfaceType(type) || isUnionType(type)
}

/** The coordinate whose rule is asked for together with this one's, itself first. */
function ruledBeside(schema: GraphQLSchema, rules: Rules, coordinate: string): string | undefined {
  const [typeName = '', fieldName] = coordinate.split('.')
  const type = schema.getType(typeName)
  const field = isObjectType(type) && fieldName ? type.getFields()[fieldName] : undefined
  const beside = field ? [coordinate, typeName, getNamedType(field.type).name] : [coordinate]
  return beside.find((one) => rules.has(one))
}

function ruleFaults(
  node: SchemaElement['directives'][number],
  known: readonly string[],
  abstract: boolean,
): string[] {
  const value = getArgumentValue(node, 'scopes')
  const flat = value?.kind === Kind.LIST && value.values.filter((item) => item.kind === Kind.STRING)
  const rule = parseRule(node)
  if (abstract) return ['cannot have a rule; put it on the object types, or on the interface’s fields.']
  if (flat && flat.length > 1)
    return ['is a flat list; write [["a", "b"]] for both, [["a"], ["b"]] for either.']
  if (rule.length === 0) return ['asks for nothing; name a scope, or say @public.']
  if (rule.some((all) => all.length === 0))
    return ['has an empty alternative, which lets everybody in; leave it out, or say @public.']
  const faults: string[] = []
  for (const scope of new Set(rule.flat())) {
    const fault = tokenFault(scope)
    if (fault) faults.push(fault)
    else if (!known.includes(scope))
      faults.push(`${scope} is not declared with @scope; declared are ${known.join(', ') || 'none'}.`)
  }
  const least = simplifyRule(rule)
  if (least.length < rule.length)
    faults.push('has an alternative that another one makes pointless; leave it out.')
  return faults
}
