import { expect, test } from '@jest/globals'
import { buildSchema, type GraphQLNamedType, isInterfaceType, Kind, parse, validate, visit } from 'graphql'
import { authorizePlan } from '../../src/scopes/authorize-plan.ts'
import { diffScopes } from '../../src/scopes/diff-scopes.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { ANONYMOUS } from '../../src/scopes/rule.ts'
import { compileDocument } from '../support/scopes/decide-document.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 10_000)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const OPERATIONS_PER_DIFF = 20

const SUBSETS = Array.from({ length: 2 ** RANDOM_SCOPES.length }, (_, bits) =>
  RANDOM_SCOPES.filter((__, i) => bits & (1 << i)),
)
const CALLERS = [ANONYMOUS, ...SUBSETS.map((scopes) => new Set(scopes))]
const RULE = / @requiresScope\(scopes: \[\["[^)]*\)/g

/** Edits of a schema. None removes a type from an interface or union without another in its place, since its rules go with it. */
const EDITS: readonly ((sdl: string, random: SeededRandom) => string)[] = [
  (sdl, random) => editRule(sdl, random, ''),
  (sdl, random) =>
    editRule(
      sdl,
      random,
      random.pick([
        ' @authenticated',
        ...RANDOM_SCOPES.map((scope) => ` @requiresScope(scopes: [["${scope}"]])`),
      ]),
    ),
  // Repeats the rule of a type at the fields that return it.
  (sdl, random) => {
    const name = random.pick(['T0', 'T1', 'T2'])
    const [, rule = ''] = new RegExp(`type ${name}[^{@]*( @[^{]*)? \\{`).exec(sdl) ?? []
    return sdl.replaceAll(new RegExp(`: \\[?${name}[\\]!]*(?= )`, 'g'), (field) => field + rule)
  },
  (sdl, random) => retype(sdl, 't0', ': T0', random),
  (sdl, random) => retype(sdl, 't1', ': [T1]', random),
  (sdl, random) => retype(sdl, 't2', ': T2!', random),
  (sdl, random) => retype(sdl, 'root', ': Query', random),
  (sdl, random) => {
    const name = random.pick(['T0', 'T1', 'T2', 'T3', 'In'])
    return sdl.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `V${name}`)
  },
  (sdl) =>
    sdl.includes('Root')
      ? sdl
      : `${sdl.replaceAll(/\bQuery\b/g, 'Root')} schema { query: Root mutation: Mutation }`,
  replaceMember,
]

/** Replaces a type of the union with another one that implements the same interfaces. */
function replaceMember(sdl: string, random: SeededRandom): string {
  const [union = '', list = ''] = /union U = (.*)/.exec(sdl) ?? []
  const members = list.trim().split(' | ')
  const types = [...sdl.matchAll(/type (V?T\d)( implements [N\d &]+)?/g)].map(
    ([, name = '', interfaces = '']) => ({
      name,
      interfaces: interfaces.trim(),
    }),
  )
  const pairs = types.flatMap((one) =>
    types
      .filter(
        ({ name, interfaces }) =>
          members.includes(one.name) && !members.includes(name) && interfaces === one.interfaces,
      )
      .map(({ name }) => [one.name, name] as const),
  )
  if (pairs.length === 0) return sdl
  const [removed, added] = random.pick(pairs)
  return sdl.replace(
    union,
    `union U = ${members.map((name) => (name === removed ? added : name)).join(' | ')}`,
  )
}

function editRule(sdl: string, random: SeededRandom, replacement: string): string {
  const index = random.integerBelow(sdl.match(RULE)?.length ?? 1)
  let i = 0
  return sdl.replace(RULE, (rule) => (i++ === index ? replacement : rule))
}

function retype(sdl: string, field: string, type: string, random: SeededRandom): string {
  const names = [...sdl.matchAll(/(?:type|interface|union) (V?[TNU]\d?)\b/g)].map(([, name]) => name)
  return sdl.replaceAll(` ${field}${type}`, ` ${field}: ${random.pick(names)}`)
}

/**
 * A schema whose implementing types include the rules of the interface's fields, as `createScopes` demands, and
 * without rules of root types, which `{ __typename }` alone would run into.
 */
function buildRuledSchema(sdl: string) {
  const schema = buildSchema(sdl, { assumeValid: true })
  const ignored = /^(N\d\..*|Query|Mutation|Root)$/
  const rules = new Map([...readRules(schema)].filter(([coordinate]) => !ignored.test(coordinate)))
  return { schema, rules }
}

/** Returns true if a type condition is in another one, so that it can exclude what takes the place of a removed type. */
function hasNestedConditions(source: string): boolean {
  if (/\.\.\.F\d/.test(source)) return true
  let isNested = false
  visit(parse(source), {
    InlineFragment: (_, __, ___, ____, ancestors) => {
      const parent = ancestors.at(-3)
      if (parent && 'kind' in parent && parent.kind === Kind.INLINE_FRAGMENT) isNested = true
    },
  })
  return isNested
}

test(`finds every operation that a random edit allows (SEED=${SEED})`, () => {
  let allowedCount = 0
  let silentCount = 0
  for (let i = 0; i < CASES / OPERATIONS_PER_DIFF; i++) {
    const random = createSeededRandom(SEED + i)
    const { sdl: oldSdl } = randomSchema(random)
    let sdl = oldSdl
    for (let k = 0; k <= random.integerBelow(2); k++) sdl = random.pick(EDITS)(sdl, random)
    const [old, current] = [buildRuledSchema(oldSdl), buildRuledSchema(sdl)]
    // A field that returns no type any more only loses rules.
    const isEmpty = (type: GraphQLNamedType) =>
      isInterfaceType(type) && current.schema.getPossibleTypes(type).length === 0
    if (Object.values(current.schema.getTypeMap()).some(isEmpty)) continue
    const changes = diffScopes(old, current)
    const isReported = changes.some(({ kind }) => ['weaker', 'unknown', 'inherited'].includes(kind))
    if (!isReported) silentCount += 1
    for (let k = 0; k < OPERATIONS_PER_DIFF; k++) {
      const { source, variables } = randomOperation(random, old.schema)
      if (hasNestedConditions(source) || validate(current.schema, parse(source)).length > 0) continue
      const [oldPlan, plan] = [old, current].map(({ schema, rules }) =>
        compileDocument(schema, rules, source),
      )
      if (!oldPlan || !plan) throw new Error('unreachable')
      const gained = CALLERS.find(
        (granted) =>
          !authorizePlan(oldPlan, granted, variables).allowed &&
          authorizePlan(plan, granted, variables).allowed,
      )
      if (!gained) continue
      allowedCount += 1
      if (!isReported) expect({ source, variables, gained, oldSdl, sdl }).toBe('reported')
    }
  }
  expect(allowedCount).toBeGreaterThan(CASES / 500)
  expect(silentCount).toBeGreaterThan(CASES / 500)
}, 120_000)
