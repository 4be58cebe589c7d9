import { expect, test } from '@jest/globals'
import { buildSchema, type DocumentNode, Kind, parse, print, visit } from 'graphql'
import { authorizePlan } from '../../src/scopes/authorize-plan.ts'
import type { Decision } from '../../src/scopes/index.ts'
import { readRules } from '../../src/scopes/read-rules.ts'
import { compileDocument } from '../support/scopes/decide-document.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 10_000) / 5
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const OPERATIONS_PER_SCHEMA = 20

function inlineFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const inlineOnce = (node: DocumentNode): DocumentNode =>
    visit(node, {
      FragmentSpread({ name, directives = [] }) {
        const fragment = fragments.get(name.value)
        if (!fragment) throw new Error(`The fragment ${name.value} does not exist.`)
        const { typeCondition, selectionSet } = fragment
        return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet }
      },
    })
  let text = ''
  let result = document
  // Each pass inlines one level of nested fragments.
  while (text !== print(result)) {
    text = print(result)
    result = inlineOnce(result)
  }
  return {
    ...result,
    definitions: result.definitions.filter((node) => node.kind !== Kind.FRAGMENT_DEFINITION),
  }
}

const renameKeys = (document: DocumentNode): DocumentNode =>
  visit(document, {
    Field: (node) => ({
      ...node,
      alias: { kind: Kind.NAME, value: `r_${node.alias?.value ?? node.name.value}` },
    }),
  })

const reverseSelections = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: { leave: (node) => ({ ...node, selections: node.selections.toReversed() }) },
  })

const splitSelections = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: {
      leave: (node) => ({
        ...node,
        selections: node.selections.flatMap((selection) => {
          if (selection.kind === Kind.FRAGMENT_SPREAD || !selection.selectionSet) return [selection]
          const { selectionSet } = selection
          return selectionSet.selections.map((nested) => ({
            ...selection,
            selectionSet: { ...selectionSet, selections: [nested] },
          }))
        }),
      }),
    },
  })

function* randomCases() {
  for (let i = 0; i < CASES / OPERATIONS_PER_SCHEMA; i++) {
    const random = createSeededRandom(SEED + i)
    const schema = buildSchema(randomSchema(random).sdl)
    const rules = readRules(schema)
    for (let k = 0; k < OPERATIONS_PER_SCHEMA; k++)
      yield {
        random,
        schema,
        rules,
        granted: new Set(random.subset(RANDOM_SCOPES, 0.4)),
        ...randomOperation(random, schema),
      }
  }
}

const summarize = (decision: Decision) =>
  decision.allowed
    ? 'allowed'
    : {
        denied: decision.denials.map(({ coordinate }) => coordinate).sort(),
        requiredScopes: decision.needed,
      }

const REWRITES: readonly {
  readonly title: string
  readonly rewrite: (document: DocumentNode) => DocumentNode
}[] = [
  { title: 'fragments are inlined', rewrite: inlineFragments },
  { title: 'all response keys are renamed', rewrite: renameKeys },
  { title: 'selections are reversed', rewrite: reverseSelections },
  { title: 'nested selections are split into single ones', rewrite: splitSelections },
]
test.each(REWRITES)(`the decision stays the same if $title (SEED=${SEED})`, ({ rewrite }) => {
  for (const { schema, rules, source, granted, variables } of randomCases()) {
    const decide = (text: string) =>
      summarize(authorizePlan(compileDocument(schema, rules, text), granted, variables))
    const expected = decide(source)
    const actual = decide(print(rewrite(parse(source))))
    if (JSON.stringify(actual) !== JSON.stringify(expected))
      expect([source, actual]).toEqual([source, expected])
  }
})

test(`an additional scope never denies (SEED=${SEED})`, () => {
  for (const { random, schema, rules, source, granted, variables } of randomCases()) {
    const plan = compileDocument(schema, rules, source)
    if (!authorizePlan(plan, granted, variables).allowed) continue
    const more = new Set([...granted, random.pick(RANDOM_SCOPES)])
    if (!authorizePlan(plan, more, variables).allowed) throw new Error(source)
  }
})

test(`an additional rule never allows (SEED=${SEED})`, () => {
  for (const { random, schema, rules, source, granted, variables } of randomCases()) {
    if (authorizePlan(compileDocument(schema, rules, source), granted, variables).allowed) continue
    const typesWithoutRule = Object.keys(schema.getTypeMap()).filter((name) => !rules.has(name))
    const addedRule = [random.pick(typesWithoutRule), [[random.pick(RANDOM_SCOPES)]]] as const
    const moreRules = new Map([...rules, addedRule])
    if (authorizePlan(compileDocument(schema, moreRules, source), granted, variables).allowed)
      throw new Error(source)
  }
})
