import { SERVER_NOT_FOUND } from '../../support/doctor/okta-replies.ts'
import type { OktaCase } from './okta-case.ts'

/** The server itself. Numbers are permanent: the finding's own, and a word more where it has several rows. */
export const SERVER_CASES: readonly OktaCase[] = [
  {
    id: 'D05a',
    title: 'no such server',
    overrides: { discovery: SERVER_NOT_FOUND },
    expectedFindings: ['D05a'],
  },
  {
    id: 'D05b',
    title: 'a page where JSON should be',
    overrides: { discovery: { text: '<h1>Welcome</h1>' } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'D05b-redirect',
    title: 'a redirect is not followed',
    overrides: ({ origin }) => ({ discovery: { status: 302, headers: { location: `${origin}/elsewhere` } } }),
    expectedFindings: ['D05b'],
  },
  {
    id: 'D05b-huge',
    title: 'a document without an end is cut off',
    overrides: { discovery: { text: 'x'.repeat(300 * 1024), neverEnds: true } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'D05b-array',
    title: 'JSON that is no document',
    overrides: { discovery: { json: [null] } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'D05b-null',
    title: 'JSON that is nothing',
    overrides: { discovery: { text: 'null' } },
    expectedFindings: ['D05b'],
  },
  {
    id: 'D05c',
    title: 'it calls itself by its custom domain',
    overrides: { discovery: { json: { issuer: 'https://login.example.com/oauth2/default' } } },
    expectedFindings: ['D05c'],
  },
  {
    id: 'D05c-slash',
    title: 'a slash more',
    overrides: ({ url }) => ({ discovery: { json: { issuer: `${url}/` } } }),
    expectedFindings: ['D05c'],
  },
  { id: 'D06a', title: 'no metadata', overrides: { metadata: { status: 404 } }, expectedFindings: ['D06a'] },
  {
    id: 'D06b',
    title: 'metadata of another',
    overrides: { metadata: { json: { issuer: 'https://other.example.com/oauth2/default' } } },
    expectedFindings: ['D06b'],
  },
  {
    id: 'D07a',
    title: 'its clock is behind',
    overrides: { discovery: { json: {}, headers: { date: 'Wed, 01 Jan 2025 00:00:00 GMT' } } },
    expectedFindings: ['D05b', 'D07a'],
  },
  {
    id: 'D08a',
    title: 'keys cannot be had',
    overrides: { keys: { status: 500 } },
    expectedFindings: ['D08a'],
  },
  {
    id: 'D08a-limit',
    title: 'too many requests, in a sentence',
    overrides: { keys: { status: 429, json: { errorSummary: 'API call exceeded rate limit.' } } },
    expectedFindings: ['D08a'],
  },
  {
    id: 'D08b',
    title: 'no keys at all',
    overrides: { keys: { json: { keys: [] } } },
    expectedFindings: ['D08b'],
  },
  {
    id: 'D08b-ec',
    title: 'keys of another kind',
    overrides: { keys: { json: { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k1', x: 'AA', y: 'AA' }] } } },
    expectedFindings: ['D08b'],
  },
]
