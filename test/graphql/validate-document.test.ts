import { expect, test } from '@jest/globals'
import { BREAK, GraphQLError, Kind, parse, specifiedRules, type ValidationRule, validate } from 'graphql'
import { SHAPES, writeDocument } from '../../bench/documents/shapes.ts'
import { loadSchema } from '../../src/graphql/load-schema.ts'
import { validateDocument } from '../../src/graphql/validate-document.ts'

const schema = loadSchema()

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
  for (const maxErrors of [0, 2, 1_000])
    for (const hideSuggestions of [true, false]) {
      const options = { maxErrors, hideSuggestions }
      const errors = validate(schema, document, specifiedRules, options)
      expect(validateDocument(schema, document, specifiedRules, options)).toEqual(errors)
    }
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

/** Every kind of node that an executable document can have. */
const KITCHEN_SINK = `
  "described" query A("described" $a: [Int!] = [1, 2.5] @a(b: null), $b: B = { c: "d", e: F }) @g(h: true) {
    i: j(k: $a, l: [{ m: $b }]) @n { ...O @p ... on Q @r { s } ... { t } u }
  }
  mutation V { w }
  fragment O on X @y { z }
`

test('visits the nodes that graphql-js visits, by rules of every form', () => {
  const document = parse(KITCHEN_SINK)
  const options = { maxErrors: 1_000, hideSuggestions: true }
  const errors = validate(schema, document, createRules(), options)
  expect(errors.length).toBeGreaterThan(50)
  expect(validateDocument(schema, document, createRules(), options)).toEqual(errors)
})
