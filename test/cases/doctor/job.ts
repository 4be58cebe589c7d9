import {
  BAD_AUTH,
  BAD_CLIENT,
  BAD_GRANT,
  BAD_SECRET,
  dance,
  FUTURE_PROOF,
  job,
  NO_POLICY,
  NO_PROOF,
  NO_RULE,
  NO_SCOPE,
  NOT_CUSTOM,
  scope,
  TOO_MANY,
  UNKNOWN_AT_TOKEN,
} from '../../support/doctor/okta-replies.ts'
import type { OktaCase } from './okta-case.ts'

/** The job, as the token endpoint answers it. Numbers are permanent: the finding's own, and a word more where it has several rows. */
export const JOB_CASES: readonly OktaCase[] = [
  { id: 'D09a', name: 'unknown client', script: job(BAD_CLIENT), finds: ['D09a'] },
  {
    id: 'D09a-okta',
    name: 'unknown client, in the words of Okta’s own API',
    script: job(UNKNOWN_AT_TOKEN),
    finds: ['D09a'],
  },
  { id: 'D09b', name: 'wrong secret', script: job(BAD_SECRET), finds: ['D09b'] },
  { id: 'D09c', name: 'a client that proves itself with a key', script: job(BAD_AUTH), finds: ['D09c'] },
  { id: 'D09d', name: 'a web app as the job', script: job(BAD_GRANT), finds: ['D09d'] },
  { id: 'D09d-org', name: 'a client of the org server alone', script: job(NOT_CUSTOM), finds: ['D09d'] },
  { id: 'D09e', name: 'over the rate limit', script: job(TOO_MANY), finds: ['D09e'] },
  {
    id: 'D09e-cut',
    name: 'an answer without an end',
    script: job({ text: 'x'.repeat(300 * 1024), hangs: true }),
    finds: ['D09e'],
  },
  { id: 'D10a', name: 'DPoP with a nonce', script: { token: dance }, finds: ['D10a'] },
  {
    id: 'D10b',
    name: 'DPoP, and a proof that is refused',
    script: {
      token: (form, request) =>
        form.get('grant_type') !== 'client_credentials'
          ? undefined
          : request.headers.dpop
            ? FUTURE_PROOF
            : NO_PROOF,
    },
    finds: ['D10b'],
  },
  {
    id: 'D11a',
    name: 'one scope is not defined',
    script: scope('fakebookapi.admin', NO_SCOPE),
    finds: ['D11a'],
  },
  { id: 'D11a-all', name: 'no scope is defined', script: job(NO_SCOPE), finds: ['D11a'] },
  { id: 'D12a', name: 'no policy, or no rule for "No user"', script: job(NO_POLICY), finds: ['D12a'] },
  {
    id: 'D12a-one',
    name: 'no rule for one scope',
    script: scope('fakebookapi.admin', NO_POLICY),
    finds: ['D12a'],
  },
  {
    id: 'D12b',
    name: 'a rule withholds a scope',
    script: scope('fakebookapi.admin', NO_RULE),
    finds: ['D12b'],
  },
  { id: 'D13a', name: 'another audience', script: { claims: { aud: 'api://books' } }, finds: ['D13a'] },
  {
    id: 'D13b',
    name: 'another issuer in the token',
    script: { claims: { iss: 'https://example.okta.com/oauth2/default' } },
    finds: ['D13b'],
  },
  {
    id: 'D13c',
    name: 'opaque tokens',
    script: { accessToken: 'an-opaque-token-of-43-letters-0000000000000' },
    finds: ['D13c'],
  },
  {
    id: 'D13c-jwe',
    name: 'encrypted tokens',
    script: { accessToken: 'eyJh.eyJi.eyJj.eyJk.eyJl' },
    finds: ['D13c'],
  },
  { id: 'D13d', name: 'a token without its scopes', script: { claims: { scp: [] } }, finds: ['D13d'] },
  { id: 'D13e', name: 'a token that is over', script: { claims: { exp: 1_700_000_000 } }, finds: ['D13e'] },
  {
    id: 'D13e-key',
    name: 'a key that is not published',
    script: async ({ sign }) => ({ accessToken: await sign({ scp: ['fakebookapi.read'] }, { kid: 'k9' }) }),
    finds: ['D13e'],
  },
  {
    id: 'D13f',
    name: 'each scope alone, and not together',
    script: scope('fakebookapi.read fakebookapi.admin', NO_POLICY),
    finds: ['D13f'],
  },
  {
    id: 'D14a',
    name: 'openid for a job',
    script: async ({ sign }) => {
      const access_token = await sign({ scp: ['openid'] })
      return scope('openid', { json: { access_token } })
    },
    finds: ['D14a'],
  },
]
