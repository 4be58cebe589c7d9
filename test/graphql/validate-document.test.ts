import { expect, test } from '@jest/globals'
import { BREAK, GraphQLError, Kind, parse, specifiedRules, type ValidationRule, validate } from 'graphql'
import { SHAPES, writeDocument } from '../../bench/documents/shapes.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { combineRules, createIsValid } from '../../src/graphql/validate-document.ts'

const schema = loadSchema()
const isValid = createIsValid(schema, specifiedRules)

const TEXTS = [
  '{ __typename }',
  '{ a b }',
  'query A { a } query A { __typename }',
  'query ($a: X) { book(id: $b) { id @skip(if: 1) @skip(if: $a) } }',
  'query ($a: Int) { book(id: $a) { ...F } } fragment F on Query { ...F }',
  '{ book(id: 1, id: 2, x: 3) } fragment G on Book { id }',
  '{ booksConnection(first: "1") { edges @unknown { x: cursor x: node { id } } } }',
  'subscription { a } type T { a: Int }',
  'mutation { addBook(input: { title: 1, title: 2 }) { id } }',
]
const documents = [
  ...TEXTS,
  ...Object.keys(SHAPES).map((shape) => writeDocument([{ shape, size: 8, width: 3 }], 'Q')),
].map((text) => ({ text, document: parse(text) }))

test.each(documents)('reports the same errors of $text', ({ document }) => {
  const errors = validate(schema, document, specifiedRules)
  expect(validate(schema, document, [combineRules(specifiedRules)])).toEqual(errors)
  expect(isValid(document)).toBe(errors.length === 0)
})

/** Rules of every form, which report each node that they visit. */
const createRules = (): readonly ValidationRule[] => {
  const report =
    (name: string, result?: unknown) => (context: { reportError(error: GraphQLError): void }) => ({
      visit: (node: { readonly kind: Kind }) => {
        context.reportError(new GraphQLError(`${name} ${node.kind}`))
        return result
      },
    })
  return [
    (context) => ({ enter: report('enter')(context).visit, leave: report('leave')(context).visit }),
    (context) => ({ [Kind.FIELD]: report('field')(context).visit }),
    (context) => ({
      [Kind.FIELD]: { enter: report('skipped', false)(context).visit, leave: report('left')(context).visit },
      [Kind.NAME]: report('name')(context).visit,
    }),
    (context) => ({
      [Kind.SELECTION_SET]: report('break', BREAK)(context).visit,
      [Kind.NAME]: report('name')(context).visit,
    }),
    (context) => ({
      [Kind.SELECTION_SET]: { leave: report('break', BREAK)(context).visit },
      [Kind.FIELD]: { leave: report('field')(context).visit },
    }),
    (context) => ({
      enter: report('any')(context).visit,
      [Kind.FIELD]: { leave: report('field')(context).visit },
    }),
  ]
}

test('visits the nodes that graphql-js visits, by rules of every form', () => {
  const document = parse('query A { a(b: 1) { c } d } query B { e }')
  const errors = validate(schema, document, createRules())
  expect(errors.length).toBeGreaterThan(50)
  expect(validate(schema, document, [combineRules(createRules())])).toEqual(errors)
})
