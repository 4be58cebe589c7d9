// Random requests that extend the scope engine's random operations by response keys from Object.prototype, conditions
// that can be null, a second operation, introspection, and invalid variables.
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
import { parseOperation } from './parse-operation.ts'

const PROTOTYPE_NAMES = [
  'constructor',
  'toString',
  'hasOwnProperty',
  'then',
  'toJSON',
  'valueOf',
  '__proto__',
]
const CONDITIONS = ['b', 'constructor', 'c']
const INTROSPECTIONS = [
  '{ __schema { queryType { name kind } t: types { name ...D } directives { args { name defaultValue } } } } ',
  '{ d: __type(name: "T0") { __typename ...D fields { name type { ...D ofType { ...D } } } } }',
  '{ e: __type(name: "Unknown") { name } __typename }',
]
const OTHER_OPERATIONS = [
  'query Other { __typename }',
  'query Other($i: Boolean!, $o: Boolean!) { __typename @skip(if: $i) k: __typename @include(if: $o) }',
  'mutation Other { __typename }',
]
const INVALID_VALUES: readonly unknown[] = [
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

/** A document whose first definition is a valid operation, and the variables of several requests. */
export type RandomRequest = {
  readonly source: string
  readonly variableSets: readonly Record<string, unknown>[]
}

/** Writes a random request for the schema. The operation is called `Main`. */
export function randomRequest(random: SeededRandom, schema: GraphQLSchema): RandomRequest {
  const { source, variables } = randomOperation(random, schema)
  const document = renameKeys(random, addConditions(random, addIntrospection(random, parse(source))))
  const otherOperation = random.chance(0.3) ? ` ${random.pick(OTHER_OPERATIONS)}` : ''
  const variableSets = Array.from({ length: 3 }, () => changeVariables(random, variables))
  return { source: print(document) + otherOperation, variableSets }
}

/** Names the operation, and adds introspection fields to some. */
function addIntrospection(random: SeededRandom, document: DocumentNode): DocumentNode {
  const introspects = random.chance(0.12)
  return visit(document, {
    OperationDefinition(node) {
      const named = { ...node, name: { kind: Kind.NAME, value: 'Main' } as const }
      if (!introspects || node.operation !== 'query') return named
      const { operation } = parseOperation(random.pick(INTROSPECTIONS))
      const selections = [...node.selectionSet.selections, ...operation.selectionSet.selections]
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

/** Adds conditions with variables that have a default and can be null. */
function addConditions(random: SeededRandom, document: DocumentNode): DocumentNode {
  if (random.chance(0.4)) return document
  const used = new Set<string>()
  const addCondition = <Node extends SelectionNode>(node: Node): Node => {
    if (node.directives?.length || !random.chance(0.15)) return node
    const name = random.pick(CONDITIONS)
    used.add(name)
    return { ...node, directives: parseDirectives(`@${random.pick(['skip', 'include'])}(if: $${name})`) }
  }
  const changed: DocumentNode = visit(document, {
    Field: { leave: addCondition },
    InlineFragment: { leave: addCondition },
    FragmentSpread: { leave: addCondition },
  })
  const declared = [...used].map((name) => `$${name}: Boolean = ${random.chance(0.5)}`).join(' ')
  if (declared === '') return changed
  const { variableDefinitions = [] } = parseOperation(`query (${declared}) { x }`).operation
  return visit(changed, {
    OperationDefinition: (node) => ({
      ...node,
      variableDefinitions: [...(node.variableDefinitions ?? []), ...variableDefinitions],
    }),
  })
}

function parseDirectives(text: string): readonly DirectiveNode[] {
  return parseOperation(`{ x ${text} }`).operation.selectionSet.selections[0]?.directives ?? []
}

/** Renames some aliases to names from Object.prototype, the same alias always to the same name. */
function renameKeys(random: SeededRandom, document: DocumentNode): DocumentNode {
  if (random.chance(0.6)) return document
  const names = random.subset(PROTOTYPE_NAMES, 0.5)
  const chosen = new Map<string, string>()
  return visit(document, {
    Field(node): FieldNode | undefined {
      const key = node.alias?.value
      if (!key?.endsWith('_k')) return undefined
      const name = chosen.get(key) ?? names.pop()
      if (name === undefined) return undefined
      chosen.set(key, name)
      return { ...node, alias: { kind: Kind.NAME, value: name } }
    },
  })
}

/** Changes the variables of a request: other conditions, some undeclared, and sometimes one missing or invalid. */
function changeVariables(
  random: SeededRandom,
  validVariables: Record<string, unknown>,
): Record<string, unknown> {
  const variables = { ...validVariables }
  for (const name of ['v', 'w', 'z']) if (name in variables) variables[name] = random.chance(0.5)
  for (const name of CONDITIONS)
    if (random.chance(0.6)) variables[name] = random.chance(0.9) ? random.chance(0.5) : null
  const names = Object.keys(variables)
  if (names.length === 0 || random.chance(0.8)) return variables
  const name = random.pick(names)
  if (random.chance(0.3)) delete variables[name]
  else variables[name] = INVALID_VALUES[random.integerBelow(INVALID_VALUES.length)]
  return variables
}
