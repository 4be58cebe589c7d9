import type { StubOkta } from '../../support/doctor/stub-okta.ts'

/** An input of `doctor --token` and the problems that doctor finds. Ids never change. */
export type PastedTokenCase = {
  readonly id: string
  readonly title: string
  readonly input: (okta: StubOkta) => string | Promise<string>
  readonly expectedFindings: readonly string[]
}

const HOUR = 3600
const now = () => Math.floor(Date.now() / 1000)
const goodToken = ({ sign }: StubOkta) => sign({ scp: ['fakebookapi.read'] })
const THUMBPRINT = 'a'.repeat(43)
/** RFC 7516 Appendix A.1, shortened. */
const ENCRYPTED =
  'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7L.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvTiFvSkQ'
const base64url = (text: string) => Buffer.from(text).toString('base64url')

export const PASTED_TOKEN_CASES: readonly PastedTokenCase[] = [
  { id: 'doctor/D30', title: 'accepts a good token', input: goodToken, expectedFindings: [] },
  {
    id: 'doctor/D33-late',
    title: 'accepts a token that expired ten seconds ago, within the clock tolerance',
    input: ({ sign }) => sign({ exp: now() - 10, scp: ['fakebookapi.read'] }),
    expectedFindings: [],
  },
  {
    id: 'doctor/D33-far',
    title: 'accepts an expiry beyond the range of dates',
    input: ({ sign }) => sign({ exp: 9e15, scp: ['fakebookapi.read'] }),
    expectedFindings: [],
  },
  { id: 'doctor/D30a', title: 'rejects empty input', input: () => ' \n', expectedFindings: ['D30a'] },
  {
    id: 'doctor/D30b-bearer',
    title: 'warns about the scheme Bearer',
    input: async (okta) => `Bearer ${await goodToken(okta)}`,
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30b-header',
    title: 'warns about the header name',
    input: async (okta) => `Authorization: bearer ${await goodToken(okta)}\n`,
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30b-quotes',
    title: 'warns about quotes',
    input: async (okta) => `"${await goodToken(okta)}",`,
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30b-answer',
    title: 'warns about the whole response of the token endpoint',
    input: async (okta) => JSON.stringify({ token_type: 'Bearer', access_token: await goodToken(okta) }),
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30b-editor',
    title: 'warns about the JSON of the IDE’s header editor',
    input: async (okta) => JSON.stringify({ Authorization: `Bearer ${await goodToken(okta)}` }, null, 2),
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30b-colon',
    title: 'warns about Bearer with a colon',
    input: async (okta) => `Bearer: ${await goodToken(okta)}`,
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30b-lines',
    title: 'warns about line breaks',
    input: async (okta) => (await goodToken(okta)).replace(/(.{60})/g, '$1\n'),
    expectedFindings: ['D30b'],
  },
  {
    id: 'doctor/D30c',
    title: 'rejects input that is too large',
    input: () => 'x'.repeat(70_000),
    expectedFindings: ['D30c'],
  },
  {
    id: 'doctor/D31a',
    title: 'rejects a refresh token',
    input: () => 'Fv3kfJyYDpKpWqnCT9vAsR2bWvTl8hJd0PYzRjq1Gek',
    expectedFindings: ['D31a', 'D38a'],
  },
  {
    id: 'doctor/D31a-dots',
    title: 'rejects three words with dots between them',
    input: () => 'once.upon.time',
    expectedFindings: ['D31a', 'D38a'],
  },
  {
    id: 'doctor/D31b',
    title: 'rejects an encrypted token',
    input: () => ENCRYPTED,
    expectedFindings: ['D31b', 'D38a'],
  },
  {
    id: 'doctor/D31c',
    title: 'rejects a JWT without its middle part',
    input: async (okta) => (await goodToken(okta)).replace(/\..+\./, '.eyJ.'),
    expectedFindings: ['D31c', 'D38a'],
  },
  {
    id: 'doctor/D31c-tail',
    title: 'rejects a JWT with an extra character',
    input: async (okta) => `${await goodToken(okta)}x`,
    expectedFindings: ['D31c', 'D38a'],
  },
  {
    id: 'doctor/D31c-twice',
    title: 'rejects a JWT with a duplicate member',
    input: () => `${base64url('{"alg":"RS256","kid":"k1"}')}.${base64url('{"iss":"a","iss":"b"}')}.c2ln`,
    expectedFindings: ['D31c', 'D38a'],
  },
  {
    id: 'doctor/D31d',
    title: 'recognizes an ID token of the web app',
    input: ({ sign }) => sign({ aud: '0oaweb', nonce: 'n', jti: 'ID.1', cid: undefined, ver: 1 }),
    expectedFindings: ['D31d', 'D38a'],
  },
  {
    id: 'doctor/D31d-other',
    title: 'recognizes an ID token of another app',
    input: ({ sign }) => sign({ aud: '0oaelse', jti: 'ID.2' }),
    expectedFindings: ['D31d', 'D38a'],
  },
  {
    id: 'doctor/D31e',
    title: 'recognizes a token of the org server by its typ',
    input: ({ sign, origin }) =>
      sign({ iss: origin, aud: origin }, { typ: 'application/okta-internal-at+jwt' }),
    expectedFindings: ['D31e', 'D38a'],
  },
  {
    id: 'doctor/D31e-issuer',
    title: 'recognizes a token of the org server by its issuer',
    input: ({ sign, origin }) => sign({ iss: origin, aud: origin, scp: ['okta.users.read'] }),
    expectedFindings: ['D31e', 'D38a'],
  },
  {
    id: 'doctor/D31f',
    title: 'recognizes a DPoP proof',
    input: ({ sign }) => sign({ htm: 'POST', htu: 'http://localhost:4000/graphql' }, { typ: 'dpop+jwt' }),
    expectedFindings: ['D31f', 'D38a'],
  },
  {
    id: 'doctor/D32a',
    title: 'rejects a token of another issuer',
    input: ({ sign }) => sign({ iss: 'https://example.okta.com/oauth2/default', scp: ['fakebookapi.read'] }),
    expectedFindings: ['D32a', 'D38a'],
  },
  {
    id: 'doctor/D32a-own',
    title: 'does not print an issuer that is a segment of the token',
    input: ({ sign }) => sign({ iss: base64url('{"alg":"RS256","kid":"k1"}'), scp: ['fakebookapi.read'] }),
    expectedFindings: ['D32a', 'D38a'],
  },
  {
    id: 'doctor/D33a',
    title: 'rejects an expired token',
    input: ({ sign }) => sign({ iat: now() - 3 * HOUR, exp: now() - 2 * HOUR, scp: ['fakebookapi.read'] }),
    expectedFindings: ['D33a', 'D38a'],
  },
  {
    id: 'doctor/D33b',
    title: 'rejects a token that is not valid yet',
    input: ({ sign }) => sign({ iat: now() + HOUR, exp: now() + 2 * HOUR, scp: ['fakebookapi.read'] }),
    expectedFindings: ['D33b', 'D38a'],
  },
  {
    id: 'doctor/D33c',
    title: 'rejects a token without exp',
    input: ({ sign }) => sign({ exp: undefined, scp: ['fakebookapi.read'] }),
    expectedFindings: ['D33c', 'D38a'],
  },
  {
    id: 'doctor/D33c-text',
    title: 'rejects an exp that is a string',
    input: ({ sign }) => sign({ exp: 'tomorrow', scp: ['fakebookapi.read'] }),
    expectedFindings: ['D33c', 'D38a'],
  },
  {
    id: 'doctor/D33c-far',
    title: 'rejects an exp that is not a safe integer',
    input: ({ sign }) => sign({ exp: 1e300, scp: ['fakebookapi.read'] }),
    expectedFindings: ['D33c', 'D38a'],
  },
  {
    id: 'doctor/D34a',
    title: 'rejects a token for another API',
    input: ({ sign }) => sign({ aud: ['api://books', 'api://films'], scp: ['fakebookapi.read'] }),
    expectedFindings: ['D34a', 'D38a'],
  },
  {
    id: 'doctor/D35a',
    title: 'rejects a token signed with an unpublished key',
    input: ({ sign }) => sign({ scp: ['fakebookapi.read'] }, { kid: 'k9' }),
    expectedFindings: ['D35a', 'D38a'],
  },
  {
    id: 'doctor/D35b',
    title: 'rejects a token that was changed after signing',
    input: async ({ sign }) => {
      const [header, , signature] = (await sign({})).split('.')
      const [, payload] = (await sign({ scp: ['fakebookapi.admin'] })).split('.')
      return `${header}.${payload}.${signature}`
    },
    expectedFindings: ['D35b', 'D38a'],
  },
  {
    id: 'doctor/D35c',
    title: 'rejects a header with a jku',
    input: ({ sign }) => sign({ scp: ['fakebookapi.read'] }, { jku: 'https://evil.example.com/keys' }),
    expectedFindings: ['D35c', 'D38a'],
  },
  {
    id: 'doctor/D36a',
    title: 'rejects a token without scopes',
    input: ({ sign }) => sign({}),
    expectedFindings: ['D36a'],
  },
  {
    id: 'doctor/D36a-nonce',
    title: 'does not take a token for this API for an ID token because of its nonce',
    input: ({ sign }) => sign({ nonce: 'n' }),
    expectedFindings: ['D36a'],
  },
  {
    id: 'doctor/D36b',
    title: 'rejects a token with scopes of another API',
    input: ({ sign }) => sign({ scp: ['films.read'] }),
    expectedFindings: ['D36b'],
  },
  {
    id: 'doctor/D36-text',
    title: 'accepts scopes in one string',
    input: ({ sign }) => sign({ scope: 'openid fakebookapi.read' }),
    expectedFindings: [],
  },
  {
    id: 'doctor/D36c',
    title: 'names the claim that has the scopes',
    input: ({ sign }) => sign({ permissions: ['fakebookapi.read'] }),
    expectedFindings: ['D36c'],
  },
  {
    id: 'doctor/D36c-second',
    title: 'names the claim that has the scopes behind one that has others',
    input: ({ sign }) => sign({ scp: 'openid', scope: 'fakebookapi.read' }),
    expectedFindings: ['D36c'],
  },
  {
    id: 'doctor/D36a-null',
    title: 'rejects a token whose scp is null',
    input: ({ sign }) => sign({ scp: null }),
    expectedFindings: ['D36a', 'D38a'],
  },
  {
    id: 'doctor/D37a',
    title: 'warns about a token that is bound to a key',
    input: ({ sign }) => sign({ scp: ['fakebookapi.read'], cnf: { jkt: THUMBPRINT } }),
    expectedFindings: ['D37a'],
  },
  {
    id: 'doctor/D38a',
    title: 'rejects a token bound by a method that the API does not support',
    input: ({ sign }) => sign({ scp: ['fakebookapi.read'], cnf: { 'x5t#S256': THUMBPRINT } }),
    expectedFindings: ['D37a', 'D38a'],
  },
]
