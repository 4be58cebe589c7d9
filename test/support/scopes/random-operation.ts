import {
  doTypesOverlap,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
} from 'graphql'
import type { SeededRandom } from '../seeded-random.ts'

const BOOLEANS = { v: 'Boolean!', w: 'Boolean! = true', z: 'Boolean! = false' }
const INPUTS = {
  i: 'Int',
  d: 'Int = 1',
  q: 'Money',
  o: 'In',
  e: 'In = { p: 1 }',
  r: 'In!',
  m: '[In!]',
  g: '[[In]]',
}
const DECLARED: Record<string, string> = { ...BOOLEANS, ...INPUTS }

export type RandomOperation = { readonly source: string; readonly variables: Record<string, unknown> }

/** A valid operation of the schema, with variables that fit. */
export function randomOperation(r: SeededRandom, schema: GraphQLSchema): RandomOperation {
  const composites = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLCompositeType => isCompositeType(type) && !type.name.startsWith('__'),
  )
  const writing = new Writing(r, schema, composites)
  for (let i = 0; i < r.integerBelow(4); i++) writing.addFragment(r.pick(composites))
  const kind = r.pick(['query', 'query', 'mutation'] as const)
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
  if (!root) throw new Error('no root')
  const body = writing.set(root, 3)
  const fragments = writing.spreadIn(body)
  const used = new Set([...`${body}${fragments}`.matchAll(/\$(\w)/g)].map(([, name]) => name ?? ''))
  const declared = [...used].map((name) => `$${name}: ${DECLARED[name]}`).join(' ')
  const variables = Object.fromEntries([...used].flatMap((name) => provision(r, name)))
  return { source: `${kind} ${declared && `(${declared})`} ${body} ${fragments}`, variables }
}

/** A value for a variable that fits, or none where none is needed. */
function provision(r: SeededRandom, name: string): [string, unknown][] {
  const type = DECLARED[name] ?? ''
  if (name in BOOLEANS) return type.includes('=') && r.chance(0.5) ? [] : [[name, r.chance(0.5)]]
  if (!type.endsWith('!') || type.startsWith('[')) {
    if (r.chance(0.3)) return []
    if (r.chance(0.15)) return [[name, null]]
  }
  const object = (depth: number): unknown => ({
    ...(r.chance(0.4) && { p: r.pick([1, null]) }),
    ...(r.chance(0.2) && { q: 2 }),
    ...(depth > 0 && r.chance(0.4) && { in: object(depth - 1) }),
    ...(depth > 0 && r.chance(0.4) && { many: r.pick([[object(depth - 1), null], object(depth - 1), null]) }),
  })
  if (/^(i|d|q)$/.test(name)) return [[name, 1]]
  if (name === 'm') return [[name, r.pick([[object(2)], object(2), []])]]
  if (name === 'g') return [[name, r.pick([[[object(1), null], [object(1)]], [object(1)], object(1)])]]
  return [[name, object(2)]]
}

class Writing {
  readonly #r: SeededRandom
  readonly #schema: GraphQLSchema
  readonly #composites: readonly GraphQLCompositeType[]
  readonly #fragments: { name: string; on: GraphQLCompositeType; text: string }[] = []
  #aliases = 0

  constructor(r: SeededRandom, schema: GraphQLSchema, composites: readonly GraphQLCompositeType[]) {
    this.#r = r
    this.#schema = schema
    this.#composites = composites
  }

  /** A fragment may spread those that were added before it. */
  addFragment(on: GraphQLCompositeType) {
    const text = this.set(on, 2)
    this.#fragments.push({ name: `F${this.#fragments.length}`, on, text })
  }

  /** The definitions that a text spreads, and those that they spread. */
  spreadIn(body: string): string {
    let text = body
    let found = ''
    for (const { name, on, text: own } of this.#fragments.toReversed()) {
      if (!new RegExp(`\\.\\.\\.${name}\\b`).test(text)) continue
      found += ` fragment ${name} on ${on.name} ${own}`
      text += own
    }
    return found
  }

  set(type: GraphQLCompositeType, depth: number): string {
    const parts = Array.from({ length: 1 + this.#r.integerBelow(3) }, () => this.#selection(type, depth))
    return `{ ${parts.join(' ')} }`
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const overlapping = (other: GraphQLCompositeType) => doTypesOverlap(this.#schema, type, other)
    const kind = this.#r.integerBelow(10)
    const spreadable = this.#fragments.filter(({ on }) => overlapping(on))
    if (kind === 0 && spreadable.length > 0) return `...${this.#r.pick(spreadable).name}${this.#when()}`
    if (kind < 3 && depth > 0) {
      const on = this.#r.pick([type, ...this.#composites.filter(overlapping)])
      const condition = this.#r.chance(0.2) ? '' : ` on ${on.name}`
      return `...${condition}${this.#when()} ${this.set(condition ? on : type, depth - 1)}`
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields())
    const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
    if (usable.length === 0 || this.#r.chance(0.1))
      return `${this.#r.pick(['', 'k: '])}__typename${this.#when()}`
    return this.#field(this.#r.pick(usable), depth)
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const values: Record<string, () => string> = {
      p: () => this.#r.pick(['1', 'null', '$i', '$d']),
      q: () => this.#r.pick(['5', '$q']),
      in: () =>
        this.#r.pick([
          this.#object(2),
          this.#object(1),
          field.name === 'found' ? '$r' : this.#r.pick(['$o', '$e']),
        ]),
      many: () => this.#r.pick([`[${this.#object(1)}]`, this.#object(1), '$m', '[$r]']),
      grid: () => this.#r.pick([`[[${this.#object(1)}, $o]]`, '$g', 'null']),
    }
    const given = field.args
      .filter((argument) => String(argument.type).endsWith('!') || this.#r.chance(0.4))
      .map(({ name }) => `${name}: ${values[name]?.()}`)
    // The same key must always mean the same: only what takes no arguments can share one.
    const alias = field.args.length > 0 ? `g${this.#aliases++}: ` : this.#r.pick(['', `${field.name}_k: `])
    const returned = getNamedType(field.type)
    const below = isCompositeType(returned) ? ` ${this.set(returned, depth - 1)}` : ''
    return `${alias}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${this.#when()}${below}`
  }

  #object(depth: number): string {
    const fields = [
      this.#r.chance(0.4) && `p: ${this.#r.pick(['1', 'null', '$i', '$d'])}`,
      this.#r.chance(0.2) && `q: ${this.#r.pick(['2', '$q'])}`,
      depth > 0 && this.#r.chance(0.4) && `in: ${this.#r.pick([this.#object(depth - 1), '$o', '$e'])}`,
      depth > 0 && this.#r.chance(0.4) && `many: ${this.#r.pick([`[${this.#object(depth - 1)}, $o]`, '$m'])}`,
    ]
    return `{ ${fields.filter(Boolean).join(', ')} }`
  }

  #when(): string {
    const value = () => this.#r.pick(['true', 'false', '$v', '$w', '$z'])
    const skip = this.#r.chance(0.1) ? ` @skip(if: ${value()})` : ''
    const include = this.#r.chance(0.1) ? ` @include(if: ${value()})` : ''
    return skip + include
  }
}
