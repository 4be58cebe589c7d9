import { SERVER_NOT_FOUND } from '../../support/doctor/okta-replies.ts'
import type { OktaCase } from './okta-case.ts'

/** Configurations of the authorization server. Ids never change: the id of the finding, and a suffix where it has several rows. */
export const SERVER_CASES: readonly OktaCase[] = [
  {
    id: 'doctor/D05a',
    title: 'reports an unknown server',
    overrides: { discovery: SERVER_NOT_FOUND },
    expectedFindings: ['D05a'],
  },
  {
    id: 'doctor/D05b',
    title: 'reports HTML in place of the discovery document',
    overrides: { discovery: { text: '<h1>Welcome</h1>' } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'doctor/D05b-redirect',
    title: 'does not follow a redirect',
    overrides: ({ origin }) => ({ discovery: { status: 302, headers: { location: `${origin}/elsewhere` } } }),
    expectedFindings: ['D05b'],
  },
  {
    id: 'doctor/D05b-huge',
    title: 'aborts a document that never ends',
    overrides: { discovery: { text: 'x'.repeat(300 * 1024), neverEnds: true } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'doctor/D05b-array',
    title: 'reports a discovery document that is an array',
    overrides: { discovery: { json: [null] } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'doctor/D05b-null',
    title: 'reports a discovery document that is null',
    overrides: { discovery: { text: 'null' } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'doctor/D05c',
    title: 'reports an issuer with a custom domain',
    overrides: { discovery: { json: { issuer: 'https://login.example.com/oauth2/default' } } },
    expectedFindings: ['D05c'],
  },
  {
    id: 'doctor/D05c-slash',
    title: 'reports an issuer with a trailing slash',
    overrides: ({ url }) => ({ discovery: { json: { issuer: `${url}/` } } }),
    expectedFindings: ['D05c'],
  },
  {
    id: 'doctor/D06a',
    title: 'reports missing metadata',
    overrides: { metadata: { status: 404 } },
    expectedFindings: ['D06a'],
  },
  {
    id: 'doctor/D06b',
    title: 'reports metadata of another issuer',
    overrides: { metadata: { json: { issuer: 'https://other.example.com/oauth2/default' } } },
    expectedFindings: ['D06b'],
  },
  {
    id: 'doctor/D07a',
    title: 'reports a clock difference',
    overrides: { discovery: { json: {}, headers: { date: 'Wed, 01 Jan 2025 00:00:00 GMT' } } },
    expectedFindings: ['D05b', 'D07a'],
  },
  {
    id: 'doctor/D08a',
    title: 'reports keys that cannot be fetched',
    overrides: { keys: { status: 500 } },
    expectedFindings: ['D08a'],
  },
  {
    id: 'doctor/D08a-limit',
    title: 'does not double the full stop of Okta’s error',
    overrides: { keys: { status: 429, json: { errorSummary: 'API call exceeded rate limit.' } } },
    expectedFindings: ['D08a'],
  },
  {
    id: 'doctor/D08b',
    title: 'reports an empty key set',
    overrides: { keys: { json: { keys: [] } } },
    expectedFindings: ['D08b'],
  },
  {
    id: 'doctor/D08b-ec',
    title: 'reports a key set without RSA keys',
    overrides: { keys: { json: { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k1', x: 'AA', y: 'AA' }] } } },
    expectedFindings: ['D08b'],
  },
]
