import { expect, test } from '@jest/globals'
import { buildSchema, getOperationAST, parse } from 'graphql'
import { describeOperation, selectsIntrospection } from '../../src/graphql/operation-info.ts'
import { DECISION_SCHEMA, SCOPE_DIRECTIVES } from '../cases/scopes/decisions/decision-schema.ts'

const schema = buildSchema(SCOPE_DIRECTIVES + DECISION_SCHEMA)

test('a description tells whether the operation uses introspection, also in a fragment', () => {
  function usesIntrospection(source: string) {
    const document = parse(source)
    const operation = getOperationAST(document)
    return operation && selectsIntrospection(schema, describeOperation(schema, document, operation))
  }
  expect(usesIntrospection('{ __type(name: "T") { name } }')).toBe(true)
  expect(usesIntrospection('{ ...F } fragment F on Query { x: __schema { types { name } } }')).toBe(true)
  expect(usesIntrospection('{ t { __typename } }')).toBe(false)
})
