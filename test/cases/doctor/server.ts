import { NO_SERVER } from '../../support/doctor/okta-replies.ts'
import type { OktaCase } from './okta-case.ts'

/** The server itself. Numbers are permanent: the finding's own, and a word more where it has several rows. */
export const SERVER_CASES: readonly OktaCase[] = [
  { id: 'D05a', name: 'no such server', script: { discovery: NO_SERVER }, finds: ['D05a'] },
  {
    id: 'D05b',
    name: 'a page where JSON should be',
    script: { discovery: { text: '<h1>Welcome</h1>' } },
    finds: ['D05b'],
  },
  {
    id: 'D05b-redirect',
    name: 'a redirect is not followed',
    script: ({ origin }) => ({ discovery: { status: 302, headers: { location: `${origin}/elsewhere` } } }),
    finds: ['D05b'],
  },
  {
    id: 'D05b-huge',
    name: 'a document without an end is cut off',
    script: { discovery: { text: 'x'.repeat(300 * 1024), hangs: true } },
    finds: ['D05b'],
  },
  {
    id: 'D05b-array',
    name: 'JSON that is no document',
    script: { discovery: { json: [null] } },
    finds: ['D05b'],
  },
  { id: 'D05b-null', name: 'JSON that is nothing', script: { discovery: { text: 'null' } }, finds: ['D05b'] },
  {
    id: 'D05c',
    name: 'it calls itself by its custom domain',
    script: { discovery: { json: { issuer: 'https://login.example.com/oauth2/default' } } },
    finds: ['D05c'],
  },
  {
    id: 'D05c-slash',
    name: 'a slash more',
    script: ({ url }) => ({ discovery: { json: { issuer: `${url}/` } } }),
    finds: ['D05c'],
  },
  { id: 'D06a', name: 'no metadata', script: { metadata: { status: 404 } }, finds: ['D06a'] },
  {
    id: 'D06b',
    name: 'metadata of another',
    script: { metadata: { json: { issuer: 'https://other.example.com/oauth2/default' } } },
    finds: ['D06b'],
  },
  {
    id: 'D07a',
    name: 'its clock is behind',
    script: { discovery: { json: {}, headers: { date: 'Wed, 01 Jan 2025 00:00:00 GMT' } } },
    finds: ['D05b', 'D07a'],
  },
  { id: 'D08a', name: 'keys cannot be had', script: { keys: { status: 500 } }, finds: ['D08a'] },
  {
    id: 'D08a-limit',
    name: 'too many requests, in a sentence',
    script: { keys: { status: 429, json: { errorSummary: 'API call exceeded rate limit.' } } },
    finds: ['D08a'],
  },
  { id: 'D08b', name: 'no keys at all', script: { keys: { json: { keys: [] } } }, finds: ['D08b'] },
  {
    id: 'D08b-ec',
    name: 'keys of another kind',
    script: { keys: { json: { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k1', x: 'AA', y: 'AA' }] } } },
    finds: ['D08b'],
  },
]
