import {
  CLIENT_AUTHENTICATION_FAILED,
  GRANT_TYPE_NOT_ALLOWED,
  INVALID_CLIENT_ID,
  INVALID_CLIENT_ID_API_ERROR,
  INVALID_CLIENT_SECRET,
  INVALID_REDIRECT_PAGE,
  MISSING_DPOP_PROOF,
  onAuthorize,
  onPublicClientToken,
  onWebappToken,
  UNDEFINED_SCOPES_ERROR,
  UNKNOWN_CLIENT_PAGE,
} from '../../support/doctor/okta-replies.ts'
import { oauthErrorReply, redirectWithError } from '../../support/doctor/stub-okta.ts'
import type { OktaCase } from './okta-case.ts'

/** The web app and the IDE. Numbers are permanent: the finding's own, and a word more where it has several rows. */
export const USER_CLIENT_CASES: readonly OktaCase[] = [
  {
    id: 'D15a',
    title: 'unknown web app',
    overrides: onWebappToken(INVALID_CLIENT_ID),
    expectedFindings: ['D15a'],
  },
  {
    id: 'D15a-okta',
    title: 'unknown web app, in the words of Okta’s own API',
    overrides: onWebappToken(INVALID_CLIENT_ID_API_ERROR),
    expectedFindings: ['D15a'],
  },
  {
    id: 'D15b',
    title: 'wrong secret of the web app',
    overrides: onWebappToken(INVALID_CLIENT_SECRET),
    expectedFindings: ['D15b'],
  },
  {
    id: 'D15c',
    title: 'a web app without codes',
    overrides: onWebappToken(GRANT_TYPE_NOT_ALLOWED),
    expectedFindings: ['D15c'],
  },
  {
    id: 'D15c-auth',
    title: 'a web app that proves itself with a key',
    overrides: onWebappToken(CLIENT_AUTHENTICATION_FAILED),
    expectedFindings: ['D15c'],
  },
  {
    id: 'D15d',
    title: 'DPoP for the web app',
    overrides: onWebappToken(MISSING_DPOP_PROOF),
    expectedFindings: ['D15d'],
  },
  {
    id: 'D15e',
    title: 'a token for nothing',
    overrides: onWebappToken({ json: { access_token: 'opaque-token-for-nothing' } }),
    expectedFindings: ['D15e'],
  },
  {
    id: 'D16a',
    title: 'redirect URI not registered',
    overrides: onAuthorize('0oaweb', () => INVALID_REDIRECT_PAGE),
    expectedFindings: ['D16a'],
  },
  {
    id: 'D16a-script',
    title: 'redirect URI not registered, told by a page of scripts',
    overrides: onAuthorize('0oaweb', () => ({
      status: 400,
      text: '<script>let error = "The\\x20\\x27redirect_uri\\x27\\x20parameter\\x20must\\x20be\\x20a\\x20Login\\x20redirect\\x20URI"</script>',
    })),
    expectedFindings: ['D16a'],
  },
  {
    id: 'D16d',
    title: 'the authorize page does not know the client',
    overrides: onAuthorize('0oaweb', () => UNKNOWN_CLIENT_PAGE),
    expectedFindings: ['D16d'],
  },
  {
    id: 'D16b',
    title: 'the scopes of a person are not defined',
    overrides: onAuthorize('0oaweb', (query) => redirectWithError(query, UNDEFINED_SCOPES_ERROR)),
    expectedFindings: ['D16b'],
  },
  {
    id: 'D16c',
    title: 'sent elsewhere',
    overrides: onAuthorize('0oaweb', () => ({
      status: 302,
      headers: { location: 'https://evil.example.com/callback?error=login_required' },
    })),
    expectedFindings: ['D16c'],
  },
  {
    id: 'D16c-path',
    title: 'sent to another page of the web app',
    overrides: onAuthorize('0oaweb', () => ({
      status: 302,
      headers: { location: 'http://localhost:7001/?error=login_required' },
    })),
    expectedFindings: ['D16c'],
  },
  {
    id: 'D17a',
    title: 'unknown IDE',
    overrides: onAuthorize('0oaide', () => UNKNOWN_CLIENT_PAGE),
    expectedFindings: ['D17a'],
  },
  {
    id: 'D17b',
    title: 'the IDE’s page is not registered',
    overrides: onAuthorize('0oaide', () => INVALID_REDIRECT_PAGE),
    expectedFindings: ['D17b'],
  },
  {
    id: 'D17c',
    title: 'an IDE with a secret',
    overrides: onPublicClientToken(CLIENT_AUTHENTICATION_FAILED),
    expectedFindings: ['D17c'],
  },
  {
    id: 'D17d',
    title: 'an IDE without PKCE',
    overrides: onAuthorize('0oaide', (query) => redirectWithError(query, ['login_required', ''])),
    expectedFindings: ['D17d'],
  },
  {
    id: 'D17e',
    title: 'nobody may sign in to the IDE',
    overrides: onAuthorize('0oaide', (query) => redirectWithError(query, UNDEFINED_SCOPES_ERROR)),
    expectedFindings: ['D17e'],
  },
  {
    id: 'D17f',
    title: 'an answer that says nothing',
    overrides: onAuthorize('0oaide', () => ({ status: 500 })),
    expectedFindings: ['D17f'],
  },
  {
    id: 'D17f-token',
    title: 'too many requests, which is nothing about a secret',
    overrides: onPublicClientToken({ status: 429, json: { errorSummary: 'API call exceeded rate limit' } }),
    expectedFindings: ['D17f'],
  },
  {
    id: 'D18a',
    title: 'no CORS at the token endpoint',
    overrides: onPublicClientToken({
      ...oauthErrorReply(400, 'invalid_grant', 'no'),
      headers: { 'access-control-allow-origin': 'https://other.example.com' },
    }),
    expectedFindings: ['D18a'],
  },
]
