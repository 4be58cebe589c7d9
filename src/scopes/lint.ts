import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getLocation,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
} from 'graphql'
import { type Rule, type Rules, readDeclaredScopes, readRules, type Site, sites } from './rules.ts'

/** One thing that is wrong with the schema's scopes, where it stands, and how to mend it. */
export type SchemaFault = { readonly coordinate: string; readonly place: string; readonly message: string }

/** Every fault of a schema at once; a server must not start on it. */
export class SchemaFaults extends Error {
  readonly faults: readonly SchemaFault[]

  constructor(faults: readonly SchemaFault[]) {
    const lines = faults.map((fault) => `  ${fault.coordinate} (${fault.place}): ${fault.message}`)
    super(`The schema's scopes are not right:\n${lines.join('\n')}`)
    this.name = 'SchemaFaults'
    this.faults = faults
  }
}

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Reads and checks a schema's rules.
 * @returns the rules, by coordinate
 * @throws SchemaFaults with every fault: rules that cannot be met or mean nothing, and fields left open
 */
export function lintedRules(schema: GraphQLSchema): Rules {
  const faults: SchemaFault[] = []
  const at = [...sites(schema)]
  for (const site of at) faults.push(...siteFaults(schema, site))
  if (faults.length === 0) {
    const rules = readRules(schema)
    faults.push(...weakImplementers(schema, rules), ...openFields(schema, rules, publicCoordinates(at)))
  }
  if (faults.length > 0) throw new SchemaFaults(faults)
  return readRules(schema)
}

const named = (site: Site, name: string) => site.directives.filter((node) => node.name.value === name)

const publicCoordinates = (all: readonly Site[]) =>
  new Set(all.filter((site) => named(site, 'public').length > 0).map((site) => site.coordinate))

/** `books.graphql:12`, where the directive or the definition was written. */
function placeOf(node: { readonly loc?: ConstDirectiveNode['loc'] } | null | undefined): string {
  if (!node?.loc) return 'no source'
  return `${node.loc.source.name}:${getLocation(node.loc.source, node.loc.start).line}`
}

function siteFaults(schema: GraphQLSchema, site: Site): SchemaFault[] {
  const [rule, second] = named(site, 'requiresScope')
  if (!rule) return []
  const fault = (message: string) => ({ coordinate: site.coordinate, place: placeOf(rule), message })
  if (second) return [fault('has two rules; write one with both.')]
  const known = new Set(readDeclaredScopes(schema).map((scope) => scope.name))
  const faults = alternativesFaults(rule, known).map(fault)
  if (named(site, 'public').length > 0) faults.push(fault('is @public and has a rule; keep one of them.'))
  const type = schema.getType(site.coordinate)
  if (type && (isInterfaceType(type) || isUnionType(type)))
    faults.push(fault('cannot have a rule; put it on the object types, or on the interface’s fields.'))
  return faults
}

function alternativesFaults(directive: ConstDirectiveNode, known: ReadonlySet<string>): string[] {
  const value = directive.arguments?.find((argument) => argument.name.value === 'scopes')?.value
  if (!value) return []
  const flat = value.kind === Kind.LIST && value.values.filter((item) => item.kind === Kind.STRING)
  if (flat && flat.length > 1)
    return ['is a flat list; write [["a", "b"]] for both, [["a"], ["b"]] for either.']
  const rule = toRule(value)
  if (rule.length === 0) return ['asks for nothing; name a scope, or say @public.']
  if (rule.some((all) => all.length === 0)) return ['has an empty alternative, which lets everybody in.']
  const faults: string[] = []
  for (const scope of new Set(rule.flat())) {
    if (!SCOPE_TOKEN.test(scope))
      faults.push(`${JSON.stringify(scope)} is not a scope token (RFC 6749, 3.3).`)
    else if (!known.has(scope)) faults.push(`${scope} is not declared; add it to the schema with @scope.`)
  }
  const pointless = rule.some((a, i) =>
    rule.some((b, j) => i !== j && coveredBy(b, a) && (i > j || a.length > b.length)),
  )
  if (pointless) faults.push('has an alternative that another one makes pointless; leave it out.')
  return faults
}

/** What list coercion makes of the literal. */
function toRule(value: ConstValueNode): string[][] {
  const items = (node: ConstValueNode) => (node.kind === Kind.LIST ? node.values : [node])
  const text = (node: ConstValueNode) => (node.kind === Kind.STRING ? node.value : '')
  return items(value).map((alternative) => items(alternative).map(text))
}

/** Whether everything in `part` is also in `whole`. */
const coveredBy = (part: readonly string[], whole: readonly string[]) =>
  part.every((scope) => whole.includes(scope))

/** Whether a token that passes `strict` always passes `loose`. */
const implies = (strict: Rule, loose: Rule) =>
  strict.every((alternative) => loose.some((needed) => coveredBy(needed, alternative)))

/** A rule on an interface's field promises that no implementer is opener (GHSA-mx7m-j9xf-62hw). */
function* weakImplementers(schema: GraphQLSchema, rules: Rules): Generator<SchemaFault> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const parent of type.getInterfaces()) {
      for (const name of Object.keys(parent.getFields())) {
        const promised = rules.get(`${parent.name}.${name}`)
        const own = rules.get(`${type.name}.${name}`) ?? rules.get(type.name)
        if (!promised || (own && implies(own, promised))) continue
        yield {
          coordinate: `${type.name}.${name}`,
          place: placeOf(type.getFields()[name]?.astNode),
          message: `is weaker than ${parent.name}.${name}, which it implements; repeat that rule here.`,
        }
      }
    }
  }
}

/** Fields that a caller can reach from a root without crossing a rule or a @public. */
function* openFields(schema: GraphQLSchema, rules: Rules, open: ReadonlySet<string>): Generator<SchemaFault> {
  const reached = new Set<GraphQLNamedType>()
  const queue: GraphQLObjectType[] = []
  const reach = (type: GraphQLNamedType) => {
    if (reached.has(type)) return
    reached.add(type)
    if (isAbstractType(type)) queue.push(...schema.getPossibleTypes(type).filter((one) => !reached.has(one)))
    else if (isObjectType(type)) queue.push(type)
  }
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
    if (root) reach(root)
  for (let type = queue.shift(); type; type = queue.shift()) {
    reached.add(type)
    if (rules.has(type.name)) continue
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type)
      const coordinate = `${type.name}.${field.name}`
      if (rules.has(coordinate) || rules.has(returned.name)) continue
      if (open.has(coordinate) || open.has(type.name)) reach(returned)
      else
        yield {
          coordinate,
          place: placeOf(field.astNode),
          message: 'can be read by anybody; add @requiresScope(scopes: …), or @public(reason: …).',
        }
    }
  }
}
