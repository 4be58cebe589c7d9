import { expect, test } from '@jest/globals'
import { buildSchema, type DocumentNode, Kind, parse, print, visit } from 'graphql'
import { authorizePlan, readRules } from '../../src/scopes/index.ts'
import { compileDocument } from '../support/scopes/decide-document.ts'
import { randomOperation } from '../support/scopes/random-operation.ts'
import { RANDOM_SCOPES, randomSchema } from '../support/scopes/random-schema.ts'
import { createSeededRandom } from '../support/seeded-random.ts'

const CASES = Number(process.env.CASES ?? 10_000) / 5
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

function inlined(document: DocumentNode): DocumentNode {
  const bodies = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const inline = (node: DocumentNode): DocumentNode =>
    visit(node, {
      FragmentSpread({ name, directives = [] }) {
        const body = bodies.get(name.value)
        if (!body) throw new Error('no such fragment')
        const { typeCondition, selectionSet } = body
        return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet }
      },
    })
  let text = ''
  let result = document
  // Fragments stand in each other at most three deep here, once for each pass.
  while (text !== print(result)) {
    text = print(result)
    result = inline(result)
  }
  return {
    ...result,
    definitions: result.definitions.filter((node) => node.kind !== Kind.FRAGMENT_DEFINITION),
  }
}

/** Ways of writing the same. */
const SAME: readonly (readonly [string, (document: DocumentNode) => DocumentNode])[] = [
  ['a fragment written in place', inlined],
  [
    'every key renamed',
    (document) =>
      visit(document, {
        Field: (node) => ({
          ...node,
          alias: { kind: Kind.NAME, value: `r_${node.alias?.value ?? node.name.value}` },
        }),
      }),
  ],
  [
    'selections the other way round',
    (document) =>
      visit(document, {
        SelectionSet: { leave: (node) => ({ ...node, selections: node.selections.toReversed() }) },
      }),
  ],
  [
    'each selection split into single ones',
    (document) =>
      visit(document, {
        SelectionSet: {
          leave: (node) => ({
            ...node,
            selections: node.selections.flatMap((one) => {
              if (one.kind === Kind.FRAGMENT_SPREAD || !one.selectionSet) return [one]
              const { selectionSet } = one
              return selectionSet.selections.map((part) => ({
                ...one,
                selectionSet: { ...selectionSet, selections: [part] },
              }))
            }),
          }),
        },
      }),
  ],
]

function* cases() {
  for (let i = 0; i < CASES / 20; i++) {
    const r = createSeededRandom(SEED + i)
    const schema = buildSchema(randomSchema(r).sdl)
    const rules = readRules(schema)
    for (let k = 0; k < 20; k++)
      yield { r, schema, rules, held: new Set(r.subset(RANDOM_SCOPES, 0.4)), ...randomOperation(r, schema) }
  }
}

const verdict = (decision: ReturnType<typeof authorizePlan>) =>
  decision.allowed
    ? 'allowed'
    : { denied: decision.denials.map((one) => one.coordinate).sort(), needed: decision.requiredScopes }

test.each(SAME)(`%s: the same decision (SEED=${SEED})`, (_, change) => {
  for (const { schema, rules, source, held, variables } of cases()) {
    const other = print(change(parse(source)))
    const one = verdict(authorizePlan(compileDocument(schema, rules, source), held, variables))
    const two = verdict(authorizePlan(compileDocument(schema, rules, other), held, variables))
    if (JSON.stringify(two) !== JSON.stringify(one)) expect([source, two]).toEqual([source, one])
  }
})

test(`one scope more never denies (SEED=${SEED})`, () => {
  for (const { r, schema, rules, source, held, variables } of cases()) {
    const plan = compileDocument(schema, rules, source)
    if (authorizePlan(plan, held, variables).allowed)
      if (!authorizePlan(plan, new Set([...held, r.pick(RANDOM_SCOPES)]), variables).allowed)
        throw new Error(source)
  }
})

test(`one rule more never allows (SEED=${SEED})`, () => {
  for (const { r, schema, rules, source, held, variables } of cases()) {
    if (authorizePlan(compileDocument(schema, rules, source), held, variables).allowed) continue
    const free = Object.keys(schema.getTypeMap()).filter((name) => !rules.has(name))
    const more = new Map([...rules, [r.pick(free), [[r.pick(RANDOM_SCOPES)]]] as const])
    if (authorizePlan(compileDocument(schema, more, source), held, variables).allowed) throw new Error(source)
  }
})
