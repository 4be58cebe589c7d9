import {
  authorize,
  BAD_AUTH,
  BAD_CLIENT,
  BAD_GRANT,
  BAD_REDIRECT,
  BAD_SECRET,
  NO_PROOF,
  publicOnly,
  UNDEFINED_SCOPES,
  UNKNOWN_AT_TOKEN,
  UNKNOWN_CLIENT,
  webapp,
} from '../../support/doctor/okta-replies.ts'
import { refused, sentBack } from '../../support/doctor/stub-okta.ts'
import type { OktaCase } from './okta-case.ts'

/** The web app and the IDE. Numbers are permanent: the finding's own, and a word more where it has several rows. */
export const PEOPLE_CASES: readonly OktaCase[] = [
  { id: 'D15a', name: 'unknown web app', script: webapp(BAD_CLIENT), finds: ['D15a'] },
  {
    id: 'D15a-okta',
    name: 'unknown web app, in the words of Okta’s own API',
    script: webapp(UNKNOWN_AT_TOKEN),
    finds: ['D15a'],
  },
  { id: 'D15b', name: 'wrong secret of the web app', script: webapp(BAD_SECRET), finds: ['D15b'] },
  { id: 'D15c', name: 'a web app without codes', script: webapp(BAD_GRANT), finds: ['D15c'] },
  {
    id: 'D15c-auth',
    name: 'a web app that proves itself with a key',
    script: webapp(BAD_AUTH),
    finds: ['D15c'],
  },
  { id: 'D15d', name: 'DPoP for the web app', script: webapp(NO_PROOF), finds: ['D15d'] },
  {
    id: 'D15e',
    name: 'a token for nothing',
    script: webapp({ json: { access_token: 'opaque-token-for-nothing' } }),
    finds: ['D15e'],
  },
  {
    id: 'D16a',
    name: 'redirect URI not registered',
    script: authorize('0oaweb', () => BAD_REDIRECT),
    finds: ['D16a'],
  },
  {
    id: 'D16a-script',
    name: 'redirect URI not registered, told by a page of scripts',
    script: authorize('0oaweb', () => ({
      status: 400,
      text: '<script>let error = "The\\x20\\x27redirect_uri\\x27\\x20parameter\\x20must\\x20be\\x20a\\x20Login\\x20redirect\\x20URI"</script>',
    })),
    finds: ['D16a'],
  },
  {
    id: 'D16d',
    name: 'the authorize page does not know the client',
    script: authorize('0oaweb', () => UNKNOWN_CLIENT),
    finds: ['D16d'],
  },
  {
    id: 'D16b',
    name: 'the scopes of a person are not defined',
    script: authorize('0oaweb', (query) => sentBack(query, UNDEFINED_SCOPES)),
    finds: ['D16b'],
  },
  {
    id: 'D16c',
    name: 'sent elsewhere',
    script: authorize('0oaweb', () => ({
      status: 302,
      headers: { location: 'https://evil.example.com/callback?error=login_required' },
    })),
    finds: ['D16c'],
  },
  {
    id: 'D16c-path',
    name: 'sent to another page of the web app',
    script: authorize('0oaweb', () => ({
      status: 302,
      headers: { location: 'http://localhost:7001/?error=login_required' },
    })),
    finds: ['D16c'],
  },
  { id: 'D17a', name: 'unknown IDE', script: authorize('0oaide', () => UNKNOWN_CLIENT), finds: ['D17a'] },
  {
    id: 'D17b',
    name: 'the IDE’s page is not registered',
    script: authorize('0oaide', () => BAD_REDIRECT),
    finds: ['D17b'],
  },
  { id: 'D17c', name: 'an IDE with a secret', script: publicOnly(BAD_AUTH), finds: ['D17c'] },
  {
    id: 'D17d',
    name: 'an IDE without PKCE',
    script: authorize('0oaide', (query) => sentBack(query, ['login_required', ''])),
    finds: ['D17d'],
  },
  {
    id: 'D17e',
    name: 'nobody may sign in to the IDE',
    script: authorize('0oaide', (query) => sentBack(query, UNDEFINED_SCOPES)),
    finds: ['D17e'],
  },
  {
    id: 'D17f',
    name: 'an answer that says nothing',
    script: authorize('0oaide', () => ({ status: 500 })),
    finds: ['D17f'],
  },
  {
    id: 'D17f-token',
    name: 'too many requests, which is nothing about a secret',
    script: publicOnly({ status: 429, json: { errorSummary: 'API call exceeded rate limit' } }),
    finds: ['D17f'],
  },
  {
    id: 'D18a',
    name: 'no CORS at the token endpoint',
    script: publicOnly({
      ...refused(400, 'invalid_grant', 'no'),
      headers: { 'access-control-allow-origin': 'https://other.example.com' },
    }),
    finds: ['D18a'],
  },
]
