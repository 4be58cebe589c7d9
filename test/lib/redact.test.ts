import { expect, test } from '@jest/globals'
import { redactForResponse, redactSecrets, sanitizeName, sanitizePath } from '../../src/lib/redact.ts'

type Row = {
  readonly id: string
  readonly title: string
  readonly redact: (text: string) => string
  readonly input: string
  readonly output: string
}

const ROWS: readonly Row[] = [
  {
    id: 'redact/L20',
    title: 'removes the query string of a path',
    redact: sanitizePath,
    input: '/books/1?access_token=x',
    output: '/books/1',
  },
  {
    id: 'redact/L21',
    title: 'keeps a number in a path',
    redact: sanitizePath,
    input: '/books/9007199254740991',
    output: '/books/9007199254740991',
  },
  {
    id: 'redact/L22',
    title: 'removes a token from a path',
    redact: sanitizePath,
    input: '/a/eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln/b',
    output: '/a/…/b',
  },
  {
    id: 'redact/L23',
    title: 'keeps a well-known path',
    redact: sanitizePath,
    input: '/.well-known/oauth-protected-resource',
    output: '/.well-known/oauth-protected-resource',
  },
  {
    id: 'redact/L24',
    title: 'removes a percent-encoded token from a path',
    redact: sanitizePath,
    input: '/%65yJhbGciOiJSUzI1NiJ9',
    output: '/%…',
  },
  {
    id: 'redact/L25',
    title: 'replaces control characters in a path',
    redact: sanitizePath,
    input: '/x\u001b[31m',
    output: '/x?[31m',
  },
  {
    id: 'redact/L26',
    title: 'keeps the name of an operation',
    redact: sanitizeName,
    input: 'BooksByAuthorAndTitle',
    output: 'BooksByAuthorAndTitle',
  },
  {
    id: 'redact/L27',
    title: 'removes a name that looks like a secret',
    redact: sanitizeName,
    input: 'q7Hk29sLm4Xw81Zr0Tb6',
    output: '…',
  },
  {
    id: 'redact/L28',
    title: 'removes user and password from a URL',
    redact: redactSecrets,
    input: 'connect postgres://u:hunter2@db/books',
    output: 'connect postgres://…@db/books',
  },
  {
    id: 'redact/L29',
    title: 'removes a bearer token',
    redact: redactSecrets,
    input: 'header Bearer abc.def.ghi refused',
    output: 'header Bearer … refused',
  },
  {
    id: 'redact/L30',
    title: 'removes a private key',
    redact: redactSecrets,
    input: '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- is bad',
    output: '… is bad',
  },
  {
    id: 'redact/L31',
    title: 'removes a client secret from JSON',
    redact: redactSecrets,
    input: '{"client_secret":"hunter2","a":1}',
    output: '{"client_secret":"…","a":1}',
  },
  {
    id: 'redact/L36',
    title: 'removes the private members of a JWK',
    redact: redactSecrets,
    input: '{"kty":"RSA","e":"AQAB","d":"q7Hk29sLm4Xw81Zr0Tb6","dp": "q7Hk29sLm4Xw81Zr0Tb6"}',
    output: '{"kty":"RSA","e":"AQAB","d":"…","dp": "…"}',
  },
  {
    id: 'redact/L32',
    title: 'handles a long run of hyphens in linear time',
    redact: sanitizeName,
    input: `${'-'.repeat(200_000)}1`,
    output: '-'.repeat(64),
  },
  {
    id: 'redact/L33',
    title: 'handles a long opaque word in linear time',
    redact: sanitizeName,
    input: 'a7'.repeat(100_000),
    output: '…',
  },
  {
    id: 'redact/L34',
    title: 'shortens a message before a word that ends after its limit',
    redact: redactForResponse,
    input: `${'word '.repeat(198)}q7Hk29sLm4Xw81Zr0Tb6 word`,
    output: `${'word '.repeat(198)}…`,
  },
  {
    id: 'redact/L35',
    title: 'keeps a message of the maximum length',
    redact: redactForResponse,
    input: 'word '.repeat(200),
    output: 'word '.repeat(200),
  },
]

test.each(ROWS)('$id $title', ({ redact, input, output }) => {
  expect(redact(input)).toBe(output)
})
