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

/** Configurations of the web app and the IDE. Ids never change: the id of the finding, and a suffix where it has several rows. */
export const USER_CLIENT_CASES: readonly OktaCase[] = [
  {
    id: 'doctor/D15a',
    title: 'reports an unknown web app',
    overrides: onWebappToken(INVALID_CLIENT_ID),
    expectedFindings: ['D15a'],
  },
  {
    id: 'doctor/D15a-okta',
    title: 'reports an unknown web app from an error of Okta’s own API',
    overrides: onWebappToken(INVALID_CLIENT_ID_API_ERROR),
    expectedFindings: ['D15a'],
  },
  {
    id: 'doctor/D15b',
    title: 'reports a wrong secret of the web app',
    overrides: onWebappToken(INVALID_CLIENT_SECRET),
    expectedFindings: ['D15b'],
  },
  {
    id: 'doctor/D15c',
    title: 'reports a web app without the authorization code grant',
    overrides: onWebappToken(GRANT_TYPE_NOT_ALLOWED),
    expectedFindings: ['D15c'],
  },
  {
    id: 'doctor/D15c-auth',
    title: 'reports a web app that authenticates with a key',
    overrides: onWebappToken(CLIENT_AUTHENTICATION_FAILED),
    expectedFindings: ['D15c'],
  },
  {
    id: 'doctor/D15d',
    title: 'reports a web app that requires DPoP',
    overrides: onWebappToken(MISSING_DPOP_PROOF),
    expectedFindings: ['D15d'],
  },
  {
    id: 'doctor/D15e',
    title: 'reports a token for an invalid code',
    overrides: onWebappToken({ json: { access_token: 'opaque-token-for-nothing' } }),
    expectedFindings: ['D15e'],
  },
  {
    id: 'doctor/D16a',
    title: 'reports an unregistered redirect URI',
    overrides: onAuthorize('0oaweb', () => INVALID_REDIRECT_PAGE),
    expectedFindings: ['D16a'],
  },
  {
    id: 'doctor/D16a-script',
    title: 'finds the error in an escaped script',
    overrides: onAuthorize('0oaweb', () => ({
      status: 400,
      text: '<script>let error = "The\\x20\\x27redirect_uri\\x27\\x20parameter\\x20must\\x20be\\x20a\\x20Login\\x20redirect\\x20URI"</script>',
    })),
    expectedFindings: ['D16a'],
  },
  {
    id: 'doctor/D16d',
    title: 'reports an unknown client on the sign-in page',
    overrides: onAuthorize('0oaweb', () => UNKNOWN_CLIENT_PAGE),
    expectedFindings: ['D16d'],
  },
  {
    id: 'doctor/D16b',
    title: 'reports undefined scopes',
    overrides: onAuthorize('0oaweb', (query) => redirectWithError(query, UNDEFINED_SCOPES_ERROR)),
    expectedFindings: ['D16b'],
  },
  {
    id: 'doctor/D16c',
    title: 'reports a redirect to another host',
    overrides: onAuthorize('0oaweb', () => ({
      status: 302,
      headers: { location: 'https://evil.example.com/callback?error=login_required' },
    })),
    expectedFindings: ['D16c'],
  },
  {
    id: 'doctor/D16c-path',
    title: 'reports a redirect to another path',
    overrides: onAuthorize('0oaweb', () => ({
      status: 302,
      headers: { location: 'http://localhost:7001/?error=login_required' },
    })),
    expectedFindings: ['D16c'],
  },
  {
    id: 'doctor/D17a',
    title: 'reports an unknown IDE',
    overrides: onAuthorize('0oaide', () => UNKNOWN_CLIENT_PAGE),
    expectedFindings: ['D17a'],
  },
  {
    id: 'doctor/D17b',
    title: 'reports an unregistered page of the IDE',
    overrides: onAuthorize('0oaide', () => INVALID_REDIRECT_PAGE),
    expectedFindings: ['D17b'],
  },
  {
    id: 'doctor/D17c',
    title: 'reports an IDE with a secret',
    overrides: onPublicClientToken(CLIENT_AUTHENTICATION_FAILED),
    expectedFindings: ['D17c'],
  },
  {
    id: 'doctor/D17d',
    title: 'warns about an IDE without PKCE',
    overrides: onAuthorize('0oaide', (query) =>
      redirectWithError(query, { code: 'login_required', description: '' }),
    ),
    expectedFindings: ['D17d'],
  },
  {
    id: 'doctor/D17e',
    title: 'reports that sign-in to the IDE is rejected',
    overrides: onAuthorize('0oaide', (query) => redirectWithError(query, UNDEFINED_SCOPES_ERROR)),
    expectedFindings: ['D17e'],
  },
  {
    id: 'doctor/D17f',
    title: 'reports an unexplained error',
    overrides: onAuthorize('0oaide', () => ({ status: 500 })),
    expectedFindings: ['D17f'],
  },
  {
    id: 'doctor/D17f-token',
    title: 'does not take a rate limit for a required secret',
    overrides: onPublicClientToken({ status: 429, json: { errorSummary: 'API call exceeded rate limit' } }),
    expectedFindings: ['D17f'],
  },
  {
    id: 'doctor/D18a',
    title: 'reports a token endpoint without CORS',
    overrides: onPublicClientToken({
      ...oauthErrorReply(400, 'invalid_grant', 'no'),
      headers: { 'access-control-allow-origin': 'https://other.example.com' },
    }),
    expectedFindings: ['D18a'],
  },
]
