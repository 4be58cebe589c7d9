import { type ConstDirectiveNode, type ConstValueNode, Kind } from 'graphql'
import { getArgumentValue } from './directive-arguments.ts'
import type { DirectiveNames } from './directive-names.ts'
import {
  type ExtensionDirective,
  listExtensionDirectives,
  listItems,
  listKeys,
  toDirectiveNode,
} from './extension-directives.ts'
import { isObject, readProperty } from './raw-variables.ts'
import type { Finding, Locatable } from './schema-violation.ts'

/** The `extensions` of a schema element, as far as this package reads them. */
export type ElementExtensions = {
  /** The directives that this package knows, as AST nodes. */
  readonly directives: readonly ConstDirectiveNode[]
  /** The names of all directives. */
  readonly names: ReadonlySet<string>
  /** Values that are no rule, and names that are probably meant to be one. */
  readonly violations: readonly (Finding & { readonly node: Locatable })[]
}

/** The directives that may stand anywhere, besides those of rules. */
const OTHER_DIRECTIVES = ['public', 'link', 'requires']

/**
 * Reads the rules of a code-first schema from the `extensions` of one of its elements: `requiresScope`, `authenticated`,
 * `public`, on the schema `scopes`, and `directives`. An invalid `requiresScope` becomes a rule that no caller
 * satisfies, an invalid `authenticated` the rule that it stands for.
 * @param declared the names of the directives that the schema declares, which are not mistaken for a misspelt one
 */
export function readExtensions(
  extensions: unknown,
  coordinate: string,
  names: DirectiveNames,
  declared: ReadonlySet<string>,
): ElementExtensions {
  const uses = [...listShortForms(extensions, coordinate, names), ...listExtensionDirectives(extensions)]
  const directives: ConstDirectiveNode[] = []
  const violations: (Finding & { readonly node: Locatable })[] = []
  for (const use of uses) {
    const { name, origin } = use
    const isRule = names.requiresScopes.has(name) || names.authenticated.has(name)
    const isKnown = isRule || OTHER_DIRECTIVES.includes(name) || (name === 'scope' && coordinate === 'schema')
    const fix = isKnown ? findFix(use, names) : findSpellingFix(name, coordinate, declared)
    if (fix) violations.push({ node: { origin }, message: `has an invalid ${origin}.`, fix })
    if (isKnown && !fix) directives.push(toDirectiveNode(use))
    else if (isRule) directives.push(toDirectiveNode({ ...use, args: {} }))
  }
  return { directives, names: new Set(uses.map(({ name }) => name)), violations }
}

/** Lists the keys of `extensions` besides `directives`, as the directives that they stand for. */
const listShortForms = (extensions: unknown, coordinate: string, names: DirectiveNames) =>
  listKeys(extensions).flatMap((name): readonly ExtensionDirective[] => {
    if (name === 'directives') return []
    const value = readProperty(Object(extensions), name)
    const origin = `extensions.${name}`
    if (names.requiresScopes.has(name)) return [{ name, args: { scopes: value }, origin }]
    if (name === 'public') return [{ name, args: { reason: value }, origin }]
    if (name !== 'scopes' || coordinate !== 'schema') return [{ name, args: value, origin }]
    const items = Array.isArray(value) ? listItems(value) : [value]
    return items.map((args) => ({ name: 'scope', args, origin }))
  })

/** Returns the fix of a directive without the arguments that it needs. A reason of `public` is not checked here. */
function findFix(use: ExtensionDirective, { requiresScopes, authenticated }: DirectiveNames) {
  const { name, args, origin } = use
  if (authenticated.has(name))
    return args === true || isObject(args) ? undefined : 'Set it to true, or remove it.'
  const node = toDirectiveNode(use)
  if (requiresScopes.has(name)) {
    if (isScopes(getArgumentValue(node, 'scopes'))) return undefined
    const form = origin.startsWith('extensions.directives') ? '{ scopes: … } with ' : ''
    return `Write ${form}"a", [["a", "b"]] to require both, or [["a"], ["b"]] to require either.`
  }
  const texts = name === 'scope' ? ['name', 'description'] : []
  const isComplete = texts.every((argument) => getArgumentValue(node, argument)?.kind === Kind.STRING)
  return isComplete ? undefined : 'Write { name: "a", description: "…" }.'
}

/** Returns true for a scope, a list of scopes or a list of such lists. */
function isScopes(value: ConstValueNode | undefined, depth = 0): boolean {
  if (value?.kind === Kind.LIST) return depth < 2 && value.values.every((item) => isScopes(item, depth + 1))
  return value?.kind === Kind.STRING
}

/** Returns the fix of a name that was probably meant to be another one; undefined for a name of another purpose. */
function findSpellingFix(name: string, coordinate: string, declared: ReadonlySet<string>) {
  if (name === '') return 'Write { requiresScope: { scopes: "a" } }.'
  if (name === '__proto__') return 'Remove it.'
  if (name === 'scope') return 'Write requiresScope.'
  if (declared.has(name)) return undefined
  if (name === 'scopes') return coordinate === 'schema' ? 'Write scope.' : 'Write requiresScope.'
  if (MISSPELT_REQUIRES_SCOPE.test(name)) return 'Write requiresScope.'
  return MISSPELT_AUTHENTICATED.test(name) ? 'Write authenticated.' : undefined
}

const MISSPELT_REQUIRES_SCOPE = /^@?req\w*scopes?$/i
const MISSPELT_AUTHENTICATED = /^@?authenticate[ds]?$/i
