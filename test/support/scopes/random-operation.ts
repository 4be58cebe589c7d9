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
  // Nullable, but with a default, so that they can be used where null is not allowed.
  n: 'Int = 4',
  l: '[Int!] = [1, 2]',
  o: 'In',
  e: 'In = { p: 1 }',
  r: 'In!',
  m: '[In!]',
  g: '[[In]]',
}
const VARIABLE_TYPES: Record<string, string> = { ...BOOLEANS, ...INPUTS }

/** The source of a random operation, and its variables. */
export type RandomOperation = { readonly source: string; readonly variables: Record<string, unknown> }

/** Writes a valid random operation for the schema, with valid variables. */
export function randomOperation(random: SeededRandom, schema: GraphQLSchema): RandomOperation {
  const composites = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLCompositeType => isCompositeType(type) && !type.name.startsWith('__'),
  )
  const writer = new OperationWriter(random, schema, composites)
  for (let i = 0; i < random.integerBelow(4); i++) writer.addFragment(random.pick(composites))
  const kind = random.pick(['query', 'query', 'mutation'] as const)
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType()
  if (!root) throw new Error('The schema has no root type.')
  const body = writer.writeSelectionSet(root, 3)
  const fragments = writer.writeFragments(body)
  const used = new Set([...`${body}${fragments}`.matchAll(/\$(\w)/g)].map(([, name]) => name ?? ''))
  const declared = [...used].map((name) => `$${name}: ${VARIABLE_TYPES[name]}`).join(' ')
  const variables = Object.fromEntries([...used].flatMap((name) => randomVariable(random, name)))
  return { source: `${kind} ${declared && `(${declared})`} ${body} ${fragments}`, variables }
}

/** Returns a valid value for a variable, or nothing if the variable is optional. */
function randomVariable(random: SeededRandom, name: string): [string, unknown][] {
  const type = VARIABLE_TYPES[name] ?? ''
  if (name in BOOLEANS) return type.includes('=') && random.chance(0.5) ? [] : [[name, random.chance(0.5)]]
  if (!type.endsWith('!') || type.startsWith('[')) {
    if (random.chance(0.3)) return []
    if (random.chance(0.15)) return [[name, null]]
  }
  const object = (depth: number): unknown => ({
    ...(random.chance(0.4) && { p: random.pick([1, null]) }),
    ...(random.chance(0.2) && { q: 2 }),
    ...(depth > 0 && random.chance(0.4) && { in: object(depth - 1) }),
    ...(depth > 0 &&
      random.chance(0.4) && { many: random.pick([[object(depth - 1), null], object(depth - 1), null]) }),
  })
  if (/^(i|d|q|n)$/.test(name)) return [[name, 1]]
  if (name === 'l') return [[name, random.pick([[5], 6, []])]]
  if (name === 'm') return [[name, random.pick([[object(2)], object(2), []])]]
  if (name === 'g') return [[name, random.pick([[[object(1), null], [object(1)]], [object(1)], object(1)])]]
  return [[name, object(2)]]
}

class OperationWriter {
  readonly #random: SeededRandom
  readonly #schema: GraphQLSchema
  readonly #composites: readonly GraphQLCompositeType[]
  readonly #fragments: { name: string; on: GraphQLCompositeType; text: string }[] = []
  #aliases = 0

  constructor(random: SeededRandom, schema: GraphQLSchema, composites: readonly GraphQLCompositeType[]) {
    this.#random = random
    this.#schema = schema
    this.#composites = composites
  }

  /** Adds a fragment, which can spread the fragments added before it. */
  addFragment(on: GraphQLCompositeType) {
    const text = this.writeSelectionSet(on, 2)
    this.#fragments.push({ name: `F${this.#fragments.length}`, on, text })
  }

  /** Writes the definitions of the fragments that a text spreads, directly or through others. */
  writeFragments(body: string): string {
    let text = body
    let definitions = ''
    for (const { name, on, text: fragmentText } of this.#fragments.toReversed()) {
      if (!new RegExp(`\\.\\.\\.${name}\\b`).test(text)) continue
      definitions += ` fragment ${name} on ${on.name} ${fragmentText}`
      text += fragmentText
    }
    return definitions
  }

  writeSelectionSet(type: GraphQLCompositeType, depth: number): string {
    const parts = Array.from({ length: 1 + this.#random.integerBelow(3) }, () => this.#selection(type, depth))
    return `{ ${parts.join(' ')} }`
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const overlapping = (other: GraphQLCompositeType) => doTypesOverlap(this.#schema, type, other)
    const kind = this.#random.integerBelow(10)
    const spreadable = this.#fragments.filter(({ on }) => overlapping(on))
    if (kind === 0 && spreadable.length > 0)
      return `...${this.#random.pick(spreadable).name}${this.#directives()}`
    if (kind < 3 && depth > 0) {
      const on = this.#random.pick([type, ...this.#composites.filter(overlapping)])
      const condition = this.#random.chance(0.2) ? '' : ` on ${on.name}`
      return `...${condition}${this.#directives()} ${this.writeSelectionSet(condition ? on : type, depth - 1)}`
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields())
    const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
    if (usable.length === 0 || this.#random.chance(0.1))
      return `${this.#random.pick(['', 'k: '])}__typename${this.#directives()}`
    return this.#field(this.#random.pick(usable), depth)
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const values: Record<string, () => string> = {
      p: () => this.#random.pick(['1', 'null', '$i', '$d']),
      q: () => this.#random.pick(['5', '$q']),
      n: () => this.#random.pick(['6', '$n']),
      l: () => this.#random.pick(['7', '[8, $n]', '$l']),
      in: () =>
        this.#random.pick([
          this.#object(2),
          this.#object(1),
          field.name === 'found' ? '$r' : this.#random.pick(['$o', '$e']),
        ]),
      many: () => this.#random.pick([`[${this.#object(1)}]`, this.#object(1), '$m', '[$r]']),
      grid: () => this.#random.pick([`[[${this.#object(1)}, $o]]`, '$g', 'null']),
    }
    const args = field.args
      .filter((argument) => String(argument.type).endsWith('!') || this.#random.chance(0.4))
      .map(({ name }) => `${name}: ${values[name]?.()}`)
    // Fields with the same response key must be mergeable, so that a field with arguments gets a key of its own.
    const alias =
      field.args.length > 0 ? `g${this.#aliases++}: ` : this.#random.pick(['', `${field.name}_k: `])
    const returned = getNamedType(field.type)
    const below = isCompositeType(returned) ? ` ${this.writeSelectionSet(returned, depth - 1)}` : ''
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.#directives()}${below}`
  }

  #object(depth: number): string {
    const fields = [
      this.#random.chance(0.4) && `p: ${this.#random.pick(['1', 'null', '$i', '$d'])}`,
      this.#random.chance(0.2) && `q: ${this.#random.pick(['2', '$q'])}`,
      depth > 0 &&
        this.#random.chance(0.4) &&
        `in: ${this.#random.pick([this.#object(depth - 1), '$o', '$e'])}`,
      depth > 0 &&
        this.#random.chance(0.4) &&
        `many: ${this.#random.pick([`[${this.#object(depth - 1)}, $o]`, '$m'])}`,
    ]
    return `{ ${fields.filter(Boolean).join(', ')} }`
  }

  #directives(): string {
    const condition = () => this.#random.pick(['true', 'false', '$v', '$w', '$z'])
    const skip = this.#random.chance(0.1) ? ` @skip(if: ${condition()})` : ''
    const include = this.#random.chance(0.1) ? ` @include(if: ${condition()})` : ''
    return skip + include
  }
}
