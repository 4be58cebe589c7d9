import { expect, test } from '@jest/globals'
import {
  buildStepUpScopes,
  findMissingScopes,
  getChallengeScopes,
  parseBearerChallenge,
} from '../../src/clients/challenge.ts'

test('parses parameters with escaped quotes', () => {
  const header =
    'Bearer error="insufficient_scope", error_description="say \\"please\\", then wait", scope="a b", resource_metadata="http://x"'
  expect(parseBearerChallenge(header)).toEqual({
    error: 'insufficient_scope',
    description: 'say "please", then wait',
    scopes: ['a', 'b'],
  })
  expect(parseBearerChallenge('Bearer resource_metadata="http://x"')).toMatchObject({
    error: undefined,
    scopes: [],
  })
})

test.each([null, '', 'Basic realm="x"', 'DPoP error="use_dpop_nonce"', 'Bearerish x="y"'])(
  'returns no challenge for %j',
  (header) => expect(parseBearerChallenge(header)).toBeUndefined(),
)

test('adds missing scopes to those that are held', () => {
  expect(buildStepUpScopes(['c', 'a'], ['a', 'b'])).toEqual(['a', 'b', 'c'])
  expect(findMissingScopes(['c', 'a'], ['a', 'b'])).toEqual(['c'])
})

test('returns the scopes of an insufficient_scope challenge alone', () => {
  const parameters = { error: 'insufficient_scope', scope: 'a  b' }
  expect(getChallengeScopes([{ parameters: {} }, { parameters }])).toEqual(['a', 'b'])
  expect(getChallengeScopes([{ parameters: { ...parameters, error: 'invalid_token' } }])).toEqual([])
})
