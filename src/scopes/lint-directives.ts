import { isAbstractType, isSpecifiedDirective, Kind } from 'graphql'
import { getArgumentValue, getStringArgument } from './directive-arguments.ts'
import { readDirectiveNames } from './directive-names.ts'
import { groupBy } from './group-by.ts'
import {
  findElementsWith,
  findRuleDirectives,
  parseRule,
  type SchemaCheck,
  type SchemaElement,
} from './read-rules.ts'
import { simplifyRule } from './rule.ts'
import type { Finding, Violation } from './schema-violation.ts'

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
    const message = 'is declared with another type.'
    yield { coordinate: `@${name}`, node: astNode, message, fix: `Declare it with "${argument}: ${type}".` }
  }
  const directives = schema.getDirectives()
  const declared = directives.map(({ name }) => name)
  const custom = directives
    .filter((directive) => !isSpecifiedDirective(directive))
    .map(({ name }) => `@${name}`)
  for (const { coordinate, directives: nodes, extensions } of elements)
    for (const node of nodes) {
      // A code-first schema need not declare them. Pothos also writes nodes for them.
      const isOfExtensions = !node.loc && extensions.names.has(node.name.value)
      if (!declared.includes(node.name.value) && !isOfExtensions) {
        const message = `uses @${node.name.value}, which is not declared and has no effect.`
        yield { coordinate, node, message, fix: `Declared directives: ${custom.join(', ') || 'none'}.` }
      }
    }
}

/** Finds values in `extensions` that are no rule, and names that are probably meant to be one. */
export function* findExtensionViolations({ elements }: SchemaCheck): Generator<Violation> {
  for (const { coordinate, extensions } of elements)
    for (const violation of extensions.violations) yield { coordinate, ...violation }
}

/** Finds scopes that are declared twice, are not valid scope tokens, or are not required by any rule. */
export function* findScopeDeclarationViolations({ rules, elements }: SchemaCheck): Generator<Violation> {
  const required = new Set([...rules.values()].flat(2))
  const seen = new Set<string>()
  for (const { scope, node } of findScopeDeclarations(elements)) {
    let finding = validateScopeToken(scope)
    if (!required.has(scope))
      finding ??= { message: `declares ${scope}, which no rule requires.`, fix: 'Remove the declaration.' }
    if (seen.has(scope))
      finding = {
        message: `declares the scope ${JSON.stringify(scope)} twice.`,
        fix: 'Remove one of the declarations.',
      }
    if (finding) yield { coordinate: 'schema', node, ...finding }
    seen.add(scope)
  }
}

const findScopeDeclarations = (elements: readonly SchemaElement[]) =>
  findElementsWith(elements, 'scope')
    .filter(({ coordinate }) => coordinate === 'schema')
    .map(({ node }) => ({ scope: getStringArgument(node, 'name'), node }))

/** Returns the problem of an invalid scope token; undefined if it is valid. */
function validateScopeToken(scope: string): Finding | undefined {
  if (!SCOPE_TOKEN.test(scope))
    return {
      message: `has the scope ${JSON.stringify(scope)}, which is not a valid scope token (RFC 6749 §3.3).`,
      fix: 'Use printable ASCII without space, quote and backslash.',
    }
  if (scope.length > MAX_SCOPE_LENGTH)
    return { message: `has a scope of ${scope.length} characters.`, fix: `Use ${MAX_SCOPE_LENGTH} at most.` }
  return undefined
}

const RULE_ON_ABSTRACT_TYPE: Finding = {
  message: 'cannot have a rule.',
  fix: 'Put it on the object types, or on the interface’s fields.',
}

/** Finds rules that are invalid in themselves, and two rules at one coordinate. */
export function* findRuleViolations({ schema, elements }: SchemaCheck): Generator<Violation> {
  const declaredScopes = findScopeDeclarations(elements).map(({ scope }) => scope)
  const usesByCoordinate = groupBy(findRuleDirectives(schema, elements), ({ coordinate }) => coordinate)
  const malformed = elements.filter(({ extensions }) => extensions.violations.length > 0)
  const reported = new Set(malformed.map(({ coordinate }) => coordinate))
  for (const [coordinate, uses] of usesByCoordinate) {
    if (reported.has(coordinate)) continue
    const isOnAbstractType = isAbstractType(schema.getType(coordinate))
    const [first, second] = uses.filter(({ isAuthenticated }) => !isAuthenticated)
    if (second)
      yield { coordinate, node: second.node, message: 'has two rules.', fix: 'Combine them into one.' }
    const authenticated = uses.find(({ isAuthenticated }) => isAuthenticated)
    if (first && authenticated) {
      const message = 'has a rule, which includes @authenticated.'
      yield { coordinate, node: authenticated.node, message, fix: 'Remove @authenticated.' }
    }
    const { node } = first ?? authenticated ?? {}
    if (!node) continue
    const validate = isOnAbstractType ? () => [RULE_ON_ABSTRACT_TYPE] : validateRule
    const findings = first || isOnAbstractType ? validate(node, declaredScopes) : []
    for (const finding of findings) yield { coordinate, node, ...finding }
  }
}

function validateRule(
  node: SchemaElement['directives'][number],
  declaredScopes: readonly string[],
): Finding[] {
  const value = getArgumentValue(node, 'scopes')
  const flatScopes = value?.kind === Kind.LIST && value.values.filter((item) => item.kind === Kind.STRING)
  const rule = parseRule(node)
  // List coercion would silently make an OR of it.
  if (flatScopes && flatScopes.length > 1)
    return [
      {
        message: 'has a flat list.',
        fix: 'Write [["a", "b"]] to require both, or [["a"], ["b"]] to require either.',
      },
    ]
  if (rule.length === 0)
    return [{ message: 'has an empty rule.', fix: 'Name a scope, or use @public or @authenticated.' }]
  if (rule.some((alternative) => alternative.length === 0))
    return [
      { message: 'has an empty alternative, which allows every caller.', fix: 'Remove it, or use @public.' },
    ]
  const findings: Finding[] = []
  for (const scope of new Set(rule.flat())) {
    const invalidToken = validateScopeToken(scope)
    if (invalidToken) findings.push(invalidToken)
    else if (!declaredScopes.includes(scope))
      findings.push({
        message: `requires ${scope}, which is not declared with @scope.`,
        fix:
          declaredScopes.length > 0
            ? `Declared scopes: ${declaredScopes.join(', ')}.`
            : createDeclarationFix(scope, !node.loc),
      })
  }
  if (simplifyRule(rule).length < rule.length)
    findings.push({ message: 'has an alternative that another one makes redundant.', fix: 'Remove it.' })
  return findings
}

/** Returns the fix of a schema that declares no scopes. */
const createDeclarationFix = (scope: string, isCodeFirst: boolean) =>
  isCodeFirst
    ? `Add { name: "${scope}", description: "…" } to scopes in the schema’s extensions.`
    : `Add @scope(name: "${scope}", description: "…") to the schema.`
