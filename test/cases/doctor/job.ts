import {
  ALL_SCOPES_REJECTED,
  CLIENT_AUTHENTICATION_FAILED,
  CUSTOM_SERVER_NOT_ALLOWED,
  FUTURE_DPOP_PROOF,
  GRANT_TYPE_NOT_ALLOWED,
  INVALID_CLIENT_ID,
  INVALID_CLIENT_ID_API_ERROR,
  INVALID_CLIENT_SECRET,
  MISSING_DPOP_PROOF,
  onJobToken,
  onScope,
  POLICY_EVALUATION_FAILED,
  RATE_LIMITED,
  requireDpopNonce,
  SCOPE_NOT_CONFIGURED,
} from '../../support/doctor/okta-replies.ts'
import type { OktaCase } from './okta-case.ts'

/** The job, as the token endpoint answers it. Numbers are permanent: the finding's own, and a word more where it has several rows. */
export const JOB_CASES: readonly OktaCase[] = [
  {
    id: 'D09a',
    title: 'unknown client',
    overrides: onJobToken(INVALID_CLIENT_ID),
    expectedFindings: ['D09a'],
  },
  {
    id: 'D09a-okta',
    title: 'unknown client, in the words of Okta’s own API',
    overrides: onJobToken(INVALID_CLIENT_ID_API_ERROR),
    expectedFindings: ['D09a'],
  },
  {
    id: 'D09b',
    title: 'wrong secret',
    overrides: onJobToken(INVALID_CLIENT_SECRET),
    expectedFindings: ['D09b'],
  },
  {
    id: 'D09c',
    title: 'a client that proves itself with a key',
    overrides: onJobToken(CLIENT_AUTHENTICATION_FAILED),
    expectedFindings: ['D09c'],
  },
  {
    id: 'D09d',
    title: 'a web app as the job',
    overrides: onJobToken(GRANT_TYPE_NOT_ALLOWED),
    expectedFindings: ['D09d'],
  },
  {
    id: 'D09d-org',
    title: 'a client of the org server alone',
    overrides: onJobToken(CUSTOM_SERVER_NOT_ALLOWED),
    expectedFindings: ['D09d'],
  },
  {
    id: 'D09e',
    title: 'over the rate limit',
    overrides: onJobToken(RATE_LIMITED),
    expectedFindings: ['D09e'],
  },
  {
    id: 'D09e-cut',
    title: 'an answer without an end',
    overrides: onJobToken({ text: 'x'.repeat(300 * 1024), neverEnds: true }),
    expectedFindings: ['D09e'],
  },
  {
    id: 'D10a',
    title: 'DPoP with a nonce',
    overrides: { token: requireDpopNonce },
    expectedFindings: ['D10a'],
  },
  {
    id: 'D10b',
    title: 'DPoP, and a proof that is refused',
    overrides: {
      token: (form, request) =>
        form.get('grant_type') !== 'client_credentials'
          ? undefined
          : request.headers.dpop
            ? FUTURE_DPOP_PROOF
            : MISSING_DPOP_PROOF,
    },
    expectedFindings: ['D10b'],
  },
  {
    id: 'D11a',
    title: 'one scope is not defined',
    overrides: onScope('fakebookapi.admin', SCOPE_NOT_CONFIGURED),
    expectedFindings: ['D11a'],
  },
  {
    id: 'D11a-all',
    title: 'no scope is defined',
    overrides: onJobToken(SCOPE_NOT_CONFIGURED),
    expectedFindings: ['D11a'],
  },
  {
    id: 'D12a',
    title: 'no policy, or no rule for "No user"',
    overrides: onJobToken(POLICY_EVALUATION_FAILED),
    expectedFindings: ['D12a'],
  },
  {
    id: 'D12a-one',
    title: 'no rule for one scope',
    overrides: onScope('fakebookapi.admin', POLICY_EVALUATION_FAILED),
    expectedFindings: ['D12a'],
  },
  {
    id: 'D12b',
    title: 'a rule withholds a scope',
    overrides: onScope('fakebookapi.admin', ALL_SCOPES_REJECTED),
    expectedFindings: ['D12b'],
  },
  {
    id: 'D13a',
    title: 'another audience',
    overrides: { claims: { aud: 'api://books' } },
    expectedFindings: ['D13a'],
  },
  {
    id: 'D13b',
    title: 'another issuer in the token',
    overrides: { claims: { iss: 'https://example.okta.com/oauth2/default' } },
    expectedFindings: ['D13b'],
  },
  {
    id: 'D13c',
    title: 'opaque tokens',
    overrides: { accessToken: 'an-opaque-token-of-43-letters-0000000000000' },
    expectedFindings: ['D13c'],
  },
  {
    id: 'D13c-jwe',
    title: 'encrypted tokens',
    overrides: { accessToken: 'eyJh.eyJi.eyJj.eyJk.eyJl' },
    expectedFindings: ['D13c'],
  },
  {
    id: 'D13d',
    title: 'a token without its scopes',
    overrides: { claims: { scp: [] } },
    expectedFindings: ['D13d'],
  },
  {
    id: 'D13e',
    title: 'a token that is over',
    overrides: { claims: { exp: 1_700_000_000 } },
    expectedFindings: ['D13e'],
  },
  {
    id: 'D13e-key',
    title: 'a key that is not published',
    overrides: async ({ sign }) => ({
      accessToken: await sign({ scp: ['fakebookapi.read'] }, { kid: 'k9' }),
    }),
    expectedFindings: ['D13e'],
  },
  {
    id: 'D13f',
    title: 'each scope alone, and not together',
    overrides: onScope('fakebookapi.read fakebookapi.admin', POLICY_EVALUATION_FAILED),
    expectedFindings: ['D13f'],
  },
  {
    id: 'D14a',
    title: 'openid for a job',
    overrides: async ({ sign }) => {
      const access_token = await sign({ scp: ['openid'] })
      return onScope('openid', { json: { access_token } })
    },
    expectedFindings: ['D14a'],
  },
]
