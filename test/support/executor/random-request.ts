// More than the scope engine's random operations have, and it minds less: keys that are names of JavaScript's own,
// conditions that may be null, another operation in the document, the schema's description, and variables of any kind.
import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  type SelectionNode,
  visit,
} from 'graphql'
import { randomOperation } from '../scopes/random-operation.ts'
import type { SeededRandom } from '../seeded-random.ts'

const NAMES = ['constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON', 'valueOf', '__proto__']
const CONDITIONS = ['b', 'constructor', 'c']
const DESCRIPTIONS = [
  '{ __schema { queryType { name kind } t: types { name ...D } directives { args { name defaultValue } } } } ',
  '{ d: __type(name: "T0") { __typename ...D fields { name type { ...D ofType { ...D } } } } }',
  '{ e: __type(name: "Nobody") { name } __typename }',
]
const OTHERS = [
  'query Other { __typename }',
  'query Other($i: Boolean!, $o: Boolean!) { __typename @skip(if: $i) k: __typename @include(if: $o) }',
  'mutation Other { __typename }',
]
const WRONG: readonly unknown[] = [
  null,
  'text',
  7,
  true,
  false,
  {},
  [],
  [null],
  { p: 'x' },
  { toString: 1 },
  { zz: 1 },
  'bad',
]

/** A valid operation, first in its document, and what is sent with it each time. */
export type RandomRequest = {
  readonly source: string
  readonly variableSets: readonly Record<string, unknown>[]
}

export function randomRequest(r: SeededRandom, schema: GraphQLSchema): RandomRequest {
  const { source, variables } = randomOperation(r, schema)
  const document = renamed(r, conditional(r, extended(r, parse(source))))
  const other = r.chance(0.3) ? ` ${r.pick(OTHERS)}` : ''
  const sent = Array.from({ length: 3 }, () => sentWith(r, variables))
  return { source: print(document) + other, variableSets: sent }
}

/** With a name, and with a part of the schema's description. */
function extended(r: SeededRandom, document: DocumentNode): DocumentNode {
  const describes = r.chance(0.12)
  return visit(document, {
    OperationDefinition(node) {
      const named = { ...node, name: { kind: Kind.NAME, value: 'Main' } as const }
      if (!describes || node.operation !== 'query') return named
      const [more] = parse(r.pick(DESCRIPTIONS)).definitions
      if (more?.kind !== Kind.OPERATION_DEFINITION) return named
      const selections = [...node.selectionSet.selections, ...more.selectionSet.selections]
      return { ...named, selectionSet: { ...node.selectionSet, selections } }
    },
    Document: {
      leave(node) {
        if (!print(node).includes('...D\n')) return undefined
        const fragment = parse('fragment D on __Type { kind d: description isOneOf }').definitions
        return { ...node, definitions: [...node.definitions, ...fragment] }
      },
    },
  })
}

/** Conditions by variables that have a default and may be null. */
function conditional(r: SeededRandom, document: DocumentNode): DocumentNode {
  if (r.chance(0.4)) return document
  const used = new Set<string>()
  const condition = <Node extends SelectionNode>(node: Node): Node => {
    if (node.directives?.length || !r.chance(0.15)) return node
    const name = r.pick(CONDITIONS)
    used.add(name)
    return { ...node, directives: directivesOf(`@${r.pick(['skip', 'include'])}(if: $${name})`) }
  }
  const changed: DocumentNode = visit(document, {
    Field: { leave: condition },
    InlineFragment: { leave: condition },
    FragmentSpread: { leave: condition },
  })
  const declared = [...used].map((name) => `$${name}: Boolean = ${r.chance(0.5)}`).join(' ')
  if (declared === '') return changed
  const [more] = parse(`query (${declared}) { x }`).definitions
  return visit(changed, {
    OperationDefinition: (node) =>
      more?.kind === Kind.OPERATION_DEFINITION
        ? {
            ...node,
            variableDefinitions: [...(node.variableDefinitions ?? []), ...(more.variableDefinitions ?? [])],
          }
        : node,
  })
}

function directivesOf(text: string): readonly DirectiveNode[] {
  const [operation] = parse(`{ x ${text} }`).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(text)
  return operation.selectionSet.selections[0]?.directives ?? []
}

/** Each field's second key becomes one of JavaScript's own names, everywhere the same. */
function renamed(r: SeededRandom, document: DocumentNode): DocumentNode {
  if (r.chance(0.6)) return document
  const free = r.subset(NAMES, 0.5)
  const chosen = new Map<string, string>()
  return visit(document, {
    Field(node): FieldNode | undefined {
      const key = node.alias?.value
      if (!key?.endsWith('_k')) return undefined
      const name = chosen.get(key) ?? free.pop()
      if (name === undefined) return undefined
      chosen.set(key, name)
      return { ...node, alias: { kind: Kind.NAME, value: name } }
    },
  })
}

/** What fits, now and then with one variable less or wrong, and with some that nobody declared. */
function sentWith(r: SeededRandom, fitting: Record<string, unknown>): Record<string, unknown> {
  const sent = { ...fitting }
  for (const name of ['v', 'w', 'z']) if (name in sent) sent[name] = r.chance(0.5)
  for (const name of CONDITIONS) if (r.chance(0.6)) sent[name] = r.chance(0.9) ? r.chance(0.5) : null
  const names = Object.keys(sent)
  if (names.length === 0 || r.chance(0.8)) return sent
  const name = r.pick(names)
  if (r.chance(0.3)) delete sent[name]
  else sent[name] = WRONG[r.integerBelow(WRONG.length)]
  return sent
}
