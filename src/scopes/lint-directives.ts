import { isAbstractType, isSpecifiedDirective, Kind } from 'graphql'
import { getArgumentValue, getStringArgument } from './directive-arguments.ts'
import { readDirectiveNames } from './directive-names.ts'
import {
  findElementsWith,
  findRuleDirectives,
  parseRule,
  type SchemaCheck,
  type SchemaElement,
} from './read-rules.ts'
import { simplifyRule } from './rule.ts'
import type { Violation } from './schema-violation.ts'

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/
/** Keeps the challenge short enough for the header limits of proxies. */
const MAX_SCOPE_LENGTH = 255

/** The argument of each directive. The type of a scope has another name in a federated schema. */
const SCOPES_ARGUMENT = { argument: 'scopes', type: '[[Scope!]!]!', pattern: /^\[\[\w+!\]!\]!$/ }
const OTHER_ARGUMENTS = new Map([
  ['public', { argument: 'reason', type: 'String!', pattern: /^String!$/ }],
  ['scope', { argument: 'name', type: 'Scope!', pattern: /^\w+!$/ }],
])

/** Finds directives that are declared differently or used without a declaration, which would lose rules. */
export function* findDirectiveViolations({ schema, elements }: SchemaCheck): Generator<Violation> {
  const { requiresScopes } = readDirectiveNames(schema)
  for (const directive of schema.getDirectives()) {
    const { name, args, astNode } = directive
    const expected = requiresScopes.has(name) ? SCOPES_ARGUMENT : OTHER_ARGUMENTS.get(name)
    if (!expected) continue
    const { argument, type, pattern } = expected
    const definition = args.find((arg) => arg.name === argument)
    if (pattern.test(String(definition?.type))) continue
    const message = `must be declared with "${argument}: ${type}".`
    yield { coordinate: `@${name}`, node: astNode, message }
  }
  const directives = schema.getDirectives()
  const declared = directives.map(({ name }) => name)
  const custom = directives
    .filter((directive) => !isSpecifiedDirective(directive))
    .map(({ name }) => `@${name}`)
  for (const { coordinate, directives: nodes } of elements)
    for (const node of nodes)
      if (!declared.includes(node.name.value)) {
        const message = `uses @${node.name.value}, which is not declared and has no effect. Declared directives: ${custom.join(', ') || 'none'}.`
        yield { coordinate, node, message }
      }
}

/** Finds scopes that are declared twice, are not valid scope tokens, or are not required by any rule. */
export function* findScopeDeclarationViolations({ rules, elements }: SchemaCheck): Generator<Violation> {
  const required = new Set([...rules.values()].flat(2))
  const seen = new Set<string>()
  for (const { scope, node } of findScopeDeclarations(elements)) {
    let message = validateScopeToken(scope)
    if (!required.has(scope)) message ??= `declares ${scope}, which no rule requires. Remove the declaration.`
    if (seen.has(scope))
      message = `declares the scope ${JSON.stringify(scope)} twice. Remove one of the declarations.`
    if (message) yield { coordinate: 'schema', node, message }
    seen.add(scope)
  }
}

const findScopeDeclarations = (elements: readonly SchemaElement[]) =>
  findElementsWith(elements, 'scope')
    .filter(({ coordinate }) => coordinate === 'schema')
    .map(({ node }) => ({ scope: getStringArgument(node, 'name'), node }))

/** Returns the message about an invalid scope token; undefined if it is valid. */
function validateScopeToken(scope: string): string | undefined {
  if (!SCOPE_TOKEN.test(scope))
    return `has the scope ${JSON.stringify(scope)}, which is not a valid scope token (RFC 6749 §3.3). Use printable ASCII without space, quote and backslash.`
  if (scope.length > MAX_SCOPE_LENGTH)
    return `has a scope of ${scope.length} characters. Use ${MAX_SCOPE_LENGTH} at most.`
  return undefined
}

/** Finds rules that are invalid in themselves, and two rules at one coordinate. */
export function* findRuleViolations({ schema, elements }: SchemaCheck): Generator<Violation> {
  const declaredScopes = findScopeDeclarations(elements).map(({ scope }) => scope)
  for (const element of elements) {
    const { coordinate } = element
    const isOnAbstractType = isAbstractType(schema.getType(coordinate))
    const uses = findRuleDirectives(schema, [element])
    const [first, second] = uses.filter(({ isAuthenticated }) => !isAuthenticated)
    if (second) yield { coordinate, node: second.node, message: 'has two rules. Combine them into one.' }
    const authenticated = uses.find(({ isAuthenticated }) => isAuthenticated)
    if (first && authenticated) {
      const message = 'has a rule, which includes @authenticated. Remove @authenticated.'
      yield { coordinate, node: authenticated.node, message }
    }
    const { node } = first ?? authenticated ?? {}
    if (!node) continue
    const messages = isOnAbstractType
      ? ['cannot have a rule. Put it on the object types, or on the interface’s fields.']
      : first
        ? validateRule(node, declaredScopes)
        : []
    for (const message of messages) yield { coordinate, node, message }
  }
}

function validateRule(
  node: SchemaElement['directives'][number],
  declaredScopes: readonly string[],
): string[] {
  const value = getArgumentValue(node, 'scopes')
  const flatScopes = value?.kind === Kind.LIST && value.values.filter((item) => item.kind === Kind.STRING)
  const rule = parseRule(node)
  // List coercion would silently make an OR of it.
  if (flatScopes && flatScopes.length > 1)
    return ['has a flat list. Write [["a", "b"]] to require both, or [["a"], ["b"]] to require either.']
  if (rule.length === 0) return ['has an empty rule. Name a scope, or use @public.']
  if (rule.some((alternative) => alternative.length === 0))
    return ['has an empty alternative, which allows every caller. Remove it, or use @public.']
  const messages: string[] = []
  for (const scope of new Set(rule.flat())) {
    const invalidToken = validateScopeToken(scope)
    if (invalidToken) messages.push(invalidToken)
    else if (!declaredScopes.includes(scope))
      messages.push(
        `requires ${scope}, which is not declared with @scope. Declared scopes: ${declaredScopes.join(', ') || 'none'}.`,
      )
  }
  if (simplifyRule(rule).length < rule.length)
    messages.push('has an alternative that another one makes redundant. Remove it.')
  return messages
}
