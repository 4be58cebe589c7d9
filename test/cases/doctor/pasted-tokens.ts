import type { StubOkta } from '../../support/doctor/stub-okta.ts'

/** What somebody pastes, and what doctor says of it. Permanent numbers. */
export type PastedTokenCase = readonly [
  id: string,
  name: string,
  pasted: (okta: StubOkta) => string | Promise<string>,
  finds: readonly string[],
]

const HOUR = 3600
const now = () => Math.floor(Date.now() / 1000)
const good = ({ sign }: StubOkta) => sign({ scp: ['fakebookapi.read'] })
const THUMBPRINT = 'a'.repeat(43)
/** RFC 7516 Appendix A.1, cut short. */
const ENCRYPTED =
  'eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7L.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvTiFvSkQ'
const sloppily = (text: string) => Buffer.from(text).toString('base64url')

export const PASTED_TOKEN_CASES: readonly PastedTokenCase[] = [
  ['D30', 'a good token', good, []],
  [
    'D33-late',
    'one that ended ten seconds ago: clocks may differ by that',
    ({ sign }) => sign({ exp: now() - 10, scp: ['fakebookapi.read'] }),
    [],
  ],
  ['D33-far', 'an end beyond any calendar', ({ sign }) => sign({ exp: 9e15, scp: ['fakebookapi.read'] }), []],
  ['D30a', 'nothing', () => ' \n', ['D30a']],
  ['D30b-bearer', 'with Bearer', async (okta) => `Bearer ${await good(okta)}`, ['D30b']],
  [
    'D30b-header',
    'with the whole header',
    async (okta) => `Authorization: bearer ${await good(okta)}\n`,
    ['D30b'],
  ],
  ['D30b-quotes', 'with quotes', async (okta) => `"${await good(okta)}",`, ['D30b']],
  [
    'D30b-answer',
    'inside the token endpoint’s answer',
    async (okta) => JSON.stringify({ token_type: 'Bearer', access_token: await good(okta) }),
    ['D30b'],
  ],
  [
    'D30b-editor',
    'as it stands in the IDE’s header editor',
    async (okta) => JSON.stringify({ Authorization: `Bearer ${await good(okta)}` }, null, 2),
    ['D30b'],
  ],
  ['D30b-colon', 'with Bearer and a colon', async (okta) => `Bearer: ${await good(okta)}`, ['D30b']],
  [
    'D30b-lines',
    'with line breaks',
    async (okta) => (await good(okta)).replace(/(.{60})/g, '$1\n'),
    ['D30b'],
  ],
  ['D30c', 'far too much', () => 'x'.repeat(70_000), ['D30c']],
  ['D31a', 'a refresh token', () => 'Fv3kfJyYDpKpWqnCT9vAsR2bWvTl8hJd0PYzRjq1Gek', ['D31a', 'D38a']],
  ['D31a-dots', 'three words with dots', () => 'once.upon.time', ['D31a', 'D38a']],
  ['D31b', 'an encrypted token', () => ENCRYPTED, ['D31b', 'D38a']],
  [
    'D31c',
    'a JWT whose middle is lost',
    async (okta) => (await good(okta)).replace(/\..+\./, '.eyJ.'),
    ['D31c', 'D38a'],
  ],
  ['D31c-tail', 'a letter more', async (okta) => `${await good(okta)}x`, ['D31c', 'D38a']],
  [
    'D31c-twice',
    'a member twice',
    () => `${sloppily('{"alg":"RS256","kid":"k1"}')}.${sloppily('{"iss":"a","iss":"b"}')}.c2ln`,
    ['D31c', 'D38a'],
  ],
  [
    'D31d',
    'an ID token',
    ({ sign }) => sign({ aud: '0oaweb', nonce: 'n', jti: 'ID.1', cid: undefined, ver: 1 }),
    ['D31d', 'D38a'],
  ],
  [
    'D31d-other',
    'an ID token of another app',
    ({ sign }) => sign({ aud: '0oaelse', jti: 'ID.2' }),
    ['D31d', 'D38a'],
  ],
  [
    'D31e',
    'a token of the org server, by its typ',
    ({ sign, origin }) => sign({ iss: origin, aud: origin }, { typ: 'application/okta-internal-at+jwt' }),
    ['D31e', 'D38a'],
  ],
  [
    'D31e-issuer',
    'a token of the org server, by its issuer',
    ({ sign, origin }) => sign({ iss: origin, aud: origin, scp: ['okta.users.read'] }),
    ['D31e', 'D38a'],
  ],
  [
    'D31f',
    'a DPoP proof',
    ({ sign }) => sign({ htm: 'POST', htu: 'http://localhost:4000/graphql' }, { typ: 'dpop+jwt' }),
    ['D31f', 'D38a'],
  ],
  [
    'D32a',
    'of another issuer',
    ({ sign }) => sign({ iss: 'https://example.okta.com/oauth2/default', scp: ['fakebookapi.read'] }),
    ['D32a', 'D38a'],
  ],
  [
    'D32a-own',
    'an issuer that is a part of the token itself',
    ({ sign }) => sign({ iss: sloppily('{"alg":"RS256","kid":"k1"}'), scp: ['fakebookapi.read'] }),
    ['D32a', 'D38a'],
  ],
  [
    'D33a',
    'expired',
    ({ sign }) => sign({ iat: now() - 3 * HOUR, exp: now() - 2 * HOUR, scp: ['fakebookapi.read'] }),
    ['D33a', 'D38a'],
  ],
  [
    'D33b',
    'not yet valid',
    ({ sign }) => sign({ iat: now() + HOUR, exp: now() + 2 * HOUR, scp: ['fakebookapi.read'] }),
    ['D33b', 'D38a'],
  ],
  [
    'D33c',
    'without an end',
    ({ sign }) => sign({ exp: undefined, scp: ['fakebookapi.read'] }),
    ['D33c', 'D38a'],
  ],
  [
    'D33c-text',
    'an end in words',
    ({ sign }) => sign({ exp: 'tomorrow', scp: ['fakebookapi.read'] }),
    ['D33c', 'D38a'],
  ],
  [
    'D33c-far',
    'an end that no calendar has',
    ({ sign }) => sign({ exp: 1e300, scp: ['fakebookapi.read'] }),
    ['D33c', 'D38a'],
  ],
  [
    'D34a',
    'for another API',
    ({ sign }) => sign({ aud: ['api://books', 'api://films'], scp: ['fakebookapi.read'] }),
    ['D34a', 'D38a'],
  ],
  [
    'D35a',
    'signed with a key that is not published',
    ({ sign }) => sign({ scp: ['fakebookapi.read'] }, { kid: 'k9' }),
    ['D35a', 'D38a'],
  ],
  [
    'D35b',
    'changed after it was signed',
    async ({ sign }) => {
      const [header, , signature] = (await sign({})).split('.')
      const [, payload] = (await sign({ scp: ['fakebookapi.admin'] })).split('.')
      return `${header}.${payload}.${signature}`
    },
    ['D35b', 'D38a'],
  ],
  [
    'D35c',
    'a header that steers the check',
    ({ sign }) => sign({ scp: ['fakebookapi.read'] }, { jku: 'https://evil.example.com/keys' }),
    ['D35c', 'D38a'],
  ],
  ['D36a', 'without scopes', ({ sign }) => sign({}), ['D36a']],
  ['D36a-nonce', 'with a nonce, and yet for this API', ({ sign }) => sign({ nonce: 'n' }), ['D36a']],
  ['D36b', 'with scopes of another API', ({ sign }) => sign({ scp: ['films.read'] }), ['D36b']],
  [
    'D37a',
    'bound to a key',
    ({ sign }) => sign({ scp: ['fakebookapi.read'], cnf: { jkt: THUMBPRINT } }),
    ['D37a'],
  ],
  [
    'D38a',
    'bound in a way that nobody here checks',
    ({ sign }) => sign({ scp: ['fakebookapi.read'], cnf: { 'x5t#S256': THUMBPRINT } }),
    ['D37a', 'D38a'],
  ],
]
