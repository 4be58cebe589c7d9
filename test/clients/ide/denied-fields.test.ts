import { expect, test } from '@jest/globals'
import { summarizeDenials, withPreference } from '../../../src/clients/ide/denied-fields.ts'
import { parseHandling } from '../../../src/graphql/lenient-handling.ts'

test.each([
  { id: 'ide/L01', headers: {}, prefer: 'handling=lenient', handling: 'lenient' },
  { id: 'ide/L02', headers: { Prefer: 'wait=1' }, prefer: 'wait=1, handling=lenient', handling: 'lenient' },
  {
    id: 'ide/L03',
    headers: { PREFER: 'handling=strict' },
    prefer: 'handling=strict, handling=lenient',
    handling: 'strict',
  },
  {
    id: 'ide/L04',
    headers: { prefer: 'wait=1', Prefer: 'handling=strict' },
    prefer: 'wait=1, handling=strict, handling=lenient',
    handling: 'strict',
  },
])('$id adds the preference to the headers $headers', ({ headers, prefer, handling }) => {
  const all = withPreference({ 'X-Number': 1, ...headers }, 'null')
  expect(all).toEqual({ 'x-number': '1', prefer })
  expect(parseHandling(all.prefer)).toBe(handling)
})

const forbidden = (coordinate: string, ...requiredScopes: string[]) => ({
  extensions: { code: 'FORBIDDEN', coordinate, requiredScopes },
})
test.each([
  { id: 'ide/L05', title: 'no errors', errors: undefined, denied: [], scopes: [] },
  {
    id: 'ide/L06',
    title: 'each coordinate and each scope once',
    errors: [forbidden('A.b', 'x', 'y'), forbidden('A.b', 'x', 'y'), forbidden('A.c', 'y', 'z')],
    denied: ['A.b', 'A.c'],
    scopes: ['x', 'y', 'z'],
  },
  {
    id: 'ide/L07',
    title: 'errors that are no denials',
    errors: [
      {},
      { extensions: {} },
      { extensions: { code: 'FORBIDDEN' } },
      { extensions: { coordinate: 'A.b' } },
    ],
    denied: [],
    scopes: [],
  },
])('$id summarizes $title', ({ errors, denied, scopes }) => {
  expect(summarizeDenials(errors)).toEqual({ denied, scopes })
})
