import { expect, test } from '@jest/globals'
import { chooseContentType } from '../../src/scopes/adapter.ts'

const [JSON_TYPE, GRAPHQL] = ['application/json', 'application/graphql-response+json']

test.each([
  { id: 'adapter/A01', accept: undefined, type: JSON_TYPE },
  { id: 'adapter/A02', accept: '*/*', type: JSON_TYPE },
  { id: 'adapter/A03', accept: GRAPHQL, type: GRAPHQL },
  { id: 'adapter/A04', accept: `${GRAPHQL}; charset=utf-8, ${JSON_TYPE};q=0.9`, type: GRAPHQL },
  { id: 'adapter/A05', accept: `${JSON_TYPE};q=0.9, ${GRAPHQL}`, type: GRAPHQL },
  { id: 'adapter/A06', accept: `${GRAPHQL};q=0.5, ${JSON_TYPE}`, type: JSON_TYPE },
  { id: 'adapter/A07', accept: `${JSON_TYPE}, ${GRAPHQL}`, type: JSON_TYPE },
  { id: 'adapter/A08', accept: `${GRAPHQL};q=0`, type: JSON_TYPE },
  { id: 'adapter/A09', accept: 'text/event-stream', type: JSON_TYPE },
  { id: 'adapter/A10', accept: 'APPLICATION/GraphQL-Response+JSON', type: GRAPHQL },
  { id: 'adapter/A11', accept: `${GRAPHQL};q=x, ,;`, type: JSON_TYPE },
])('$id responds with $type to Accept: $accept', ({ accept, type }) => {
  expect(chooseContentType(accept)).toBe(`${type}; charset=utf-8`)
})
