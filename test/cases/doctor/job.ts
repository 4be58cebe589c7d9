import { generateKeyPairSync } from 'node:crypto'
import {
  ALL_SCOPES_REJECTED,
  CLIENT_AUTHENTICATION_FAILED,
  CUSTOM_SERVER_NOT_ALLOWED,
  EXPIRED_ASSERTION,
  FUTURE_ASSERTION,
  FUTURE_DPOP_PROOF,
  GRANT_TYPE_NOT_ALLOWED,
  INVALID_ASSERTION_ISSUER,
  INVALID_ASSERTION_KID,
  INVALID_ASSERTION_SIGNATURE,
  INVALID_CLIENT_ID,
  INVALID_CLIENT_ID_API_ERROR,
  INVALID_CLIENT_SECRET,
  MISSING_DPOP_PROOF,
  NO_CLIENT_KEYS,
  onJobToken,
  onScope,
  POLICY_EVALUATION_FAILED,
  RATE_LIMITED,
  requireDpopNonce,
  SCOPE_NOT_CONFIGURED,
} from '../../support/doctor/okta-replies.ts'
import type { OktaCase } from './okta-case.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const KEY = JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' })
const PEM = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const withKey = (key: string) => ({ OKTA_CLIENT_SECRET: '', OKTA_CLIENT_PRIVATE_KEY: key })

/** Configurations of the job’s client. Ids never change: the id of the finding, and a suffix where it has several rows. */
export const JOB_CASES: readonly OktaCase[] = [
  {
    id: 'doctor/D09a',
    title: 'reports an unknown client',
    overrides: onJobToken(INVALID_CLIENT_ID),
    expectedFindings: ['D09a'],
  },
  {
    id: 'doctor/D09a-okta',
    title: 'reports an unknown client from an error of Okta’s own API',
    overrides: onJobToken(INVALID_CLIENT_ID_API_ERROR),
    expectedFindings: ['D09a'],
  },
  {
    id: 'doctor/D09b',
    title: 'reports a wrong secret',
    overrides: onJobToken(INVALID_CLIENT_SECRET),
    expectedFindings: ['D09b'],
  },
  {
    id: 'doctor/D09c',
    title: 'reports a client that authenticates with a key',
    overrides: onJobToken(CLIENT_AUTHENTICATION_FAILED),
    expectedFindings: ['D09c'],
  },
  {
    id: 'doctor/D09d',
    title: 'reports the app of the web app as the job',
    overrides: onJobToken(GRANT_TYPE_NOT_ALLOWED),
    expectedFindings: ['D09d'],
  },
  {
    id: 'doctor/D09d-org',
    title: 'reports a client of the org server',
    overrides: onJobToken(CUSTOM_SERVER_NOT_ALLOWED),
    expectedFindings: ['D09d'],
  },
  {
    id: 'doctor/D09e',
    title: 'reports a rate limit',
    overrides: onJobToken(RATE_LIMITED),
    expectedFindings: ['D09e'],
  },
  {
    id: 'doctor/D09e-cut',
    title: 'aborts a response that never ends',
    overrides: onJobToken({ text: 'x'.repeat(300 * 1024), neverEnds: true }),
    expectedFindings: ['D09e'],
  },
  {
    id: 'doctor/D09e-second',
    title: 'reports an outage at the second scope, after an undefined first one',
    overrides: {
      token: (form, request) =>
        onScope('fakebookapi.read', SCOPE_NOT_CONFIGURED).token?.(form, request) ??
        onScope('fakebookapi.admin', { status: 500 }).token?.(form, request),
    },
    expectedFindings: ['D09e'],
  },
  {
    id: 'doctor/D09f',
    title: 'reports a kid that is not registered',
    overrides: onJobToken(INVALID_ASSERTION_KID),
    settings: withKey(KEY),
    expectedFindings: ['D09f'],
  },
  {
    id: 'doctor/D09f-signature',
    title: 'reports another key',
    overrides: onJobToken(INVALID_ASSERTION_SIGNATURE),
    settings: withKey(PEM),
    expectedFindings: ['D09f'],
  },
  {
    id: 'doctor/D09f-none',
    title: 'reports a client without keys',
    overrides: onJobToken(NO_CLIENT_KEYS),
    settings: withKey(KEY),
    expectedFindings: ['D09f'],
  },
  {
    id: 'doctor/D09g',
    title: 'reports an expired assertion',
    overrides: onJobToken(EXPIRED_ASSERTION),
    settings: withKey(KEY),
    expectedFindings: ['D09g'],
  },
  {
    id: 'doctor/D09g-future',
    title: 'reports an assertion from the future',
    overrides: onJobToken(FUTURE_ASSERTION),
    settings: withKey(KEY),
    expectedFindings: ['D09g'],
  },
  {
    id: 'doctor/D09a-key',
    title: 'reports an unknown client with a key',
    overrides: onJobToken(INVALID_ASSERTION_ISSUER),
    settings: withKey(KEY),
    expectedFindings: ['D09a'],
  },
  {
    id: 'doctor/D09h',
    title: 'reports a client that authenticates with a secret',
    overrides: onJobToken(CLIENT_AUTHENTICATION_FAILED),
    settings: withKey(KEY),
    expectedFindings: ['D09h'],
  },
  {
    id: 'doctor/D10a',
    title: 'warns about DPoP and sends proofs with a nonce',
    overrides: { token: requireDpopNonce },
    expectedFindings: ['D10a'],
  },
  {
    id: 'doctor/D10b',
    title: 'reports a rejected proof',
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
    id: 'doctor/D11a',
    title: 'reports one undefined scope',
    overrides: onScope('fakebookapi.admin', SCOPE_NOT_CONFIGURED),
    expectedFindings: ['D11a'],
  },
  {
    id: 'doctor/D11a-all',
    title: 'reports that no scope is defined',
    overrides: onJobToken(SCOPE_NOT_CONFIGURED),
    expectedFindings: ['D11a'],
  },
  {
    id: 'doctor/D12a',
    title: 'reports a missing policy, or one without a rule for "No user"',
    overrides: onJobToken(POLICY_EVALUATION_FAILED),
    expectedFindings: ['D12a'],
  },
  {
    id: 'doctor/D12a-one',
    title: 'reports a scope without a rule',
    overrides: onScope('fakebookapi.admin', POLICY_EVALUATION_FAILED),
    expectedFindings: ['D12a'],
  },
  {
    id: 'doctor/D12b',
    title: 'reports a scope that a matching rule does not grant',
    overrides: onScope('fakebookapi.admin', ALL_SCOPES_REJECTED),
    expectedFindings: ['D12b'],
  },
  {
    id: 'doctor/D13a',
    title: 'reports another audience',
    overrides: { claims: { aud: 'api://books' } },
    expectedFindings: ['D13a'],
  },
  {
    id: 'doctor/D13b',
    title: 'reports another issuer in the token',
    overrides: { claims: { iss: 'https://example.okta.com/oauth2/default' } },
    expectedFindings: ['D13b'],
  },
  {
    id: 'doctor/D13c',
    title: 'reports opaque tokens',
    overrides: { accessToken: 'an-opaque-token-of-43-letters-0000000000000' },
    expectedFindings: ['D13c'],
  },
  {
    id: 'doctor/D13c-jwe',
    title: 'reports encrypted tokens',
    overrides: { accessToken: 'eyJh.eyJi.eyJj.eyJk.eyJl' },
    expectedFindings: ['D13c'],
  },
  {
    id: 'doctor/D13d',
    title: 'reports a token without its scopes',
    overrides: { claims: { scp: [] } },
    expectedFindings: ['D13d'],
  },
  {
    id: 'doctor/D13g',
    title: 'names the claim that has the scopes',
    overrides: { claims: { scp: undefined, permissions: 'fakebookapi.read fakebookapi.admin' } },
    expectedFindings: ['D13g'],
  },
  {
    id: 'doctor/D13g-other',
    title: 'names the claim that has the scopes, if SCOPE_CLAIM is another one',
    overrides: {},
    settings: { SCOPE_CLAIM: 'roles' },
    expectedFindings: ['D13g'],
  },
  {
    id: 'doctor/D13e',
    title: 'reports an expired token',
    overrides: { claims: { exp: 1_700_000_000 } },
    expectedFindings: ['D13e'],
  },
  {
    id: 'doctor/D13e-key',
    title: 'reports a token signed with an unpublished key',
    overrides: async ({ sign }) => ({
      accessToken: await sign({ scp: ['fakebookapi.read'] }, { kid: 'k9' }),
    }),
    expectedFindings: ['D13e'],
  },
  {
    id: 'doctor/D13f',
    title: 'reports scopes that are granted alone but not together',
    overrides: onScope('fakebookapi.read fakebookapi.admin', POLICY_EVALUATION_FAILED),
    expectedFindings: ['D13f'],
  },
  {
    id: 'doctor/D14a',
    title: 'warns about a token for openid',
    overrides: async ({ sign }) => {
      const access_token = await sign({ scp: ['openid'] })
      return onScope('openid', { json: { access_token } })
    },
    expectedFindings: ['D14a'],
  },
]
