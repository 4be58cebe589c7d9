import { createHmac } from 'node:crypto'
import type { WebClient } from '../../support/webapp/web-client.ts'

/** Addresses that a sign-in must not lead to: whatever they say, one ends at the books. The numbers are permanent. */
export const UNSAFE_RETURN_ADDRESSES: readonly (readonly [id: string, what: string, address: string])[] = [
  ['A01a', 'another scheme and host', 'https://evil.example/'],
  ['A01b', 'a host alone', '//evil.example/books'],
  ['A01c', 'a host behind a backslash', '/\\evil.example'],
  ['A01d', 'a host behind two backslashes', '\\\\evil.example'],
  ['A01e', 'a host behind three slashes', '///evil.example'],
  ['A01f', 'an encoded slash and steps up', '/%2f..//evil.example'],
  ['A01g', 'an encoded host', '/%2f%2fevil.example'],
  ['A01h', 'steps that leave two slashes', '/.//evil.example'],
  ['A01i', 'steps up to two slashes', '/books/..//evil.example'],
  ['A01j', 'a tab that browsers leave out', '/\t/evil.example'],
  ['A01k', 'a line end that browsers leave out', '/\n/evil.example'],
  ['A01l', 'a line end and a header', '/books\r\nset-cookie: fakebook=evil'],
  ['A01m', 'a zero byte', '/books\0//evil.example'],
  ['A01n', 'a user name in front of a host', 'http://localhost@evil.example'],
  ['A01o', 'a script', 'javascript:alert(1)'],
  ['A01p', 'data', 'data:text/html,<script>alert(1)</script>'],
  ['A01q', 'a relative path', 'evil'],
  ['A01r', 'a relative host', '.evil.example'],
  ['A01s', 'the callback, with somebody’s code', '/callback?code=c&state=s'],
  ['A01t', 'home as a callback', '/?code=c&state=s'],
  ['A01u', 'a sign-in without end', '/sign-in'],
  ['A01v', 'a page of ours with a host in its fragment', '/books#//evil.example'],
  ['A01w', 'a page of ours with a backslash in its query', '/books?title=\\'],
  ['A01x', 'an address of 3,000 letters', `/books?title=${'a'.repeat(3_000)}`],
  ['A01y', 'nothing', ''],
  ['A01z', 'letters that look like slashes', '／／evil.example'],
]

/** Cookies that are not the ones that were set; whoever sends one is nobody. */
export const FORGED_COOKIES: readonly (readonly [
  id: string,
  what: string,
  make: (own: string, another: string, elsewhere: string) => string,
])[] = [
  ['A06a', 'the id altered', (own) => own.replace(/^./, (letter) => (letter === 'a' ? 'b' : 'a'))],
  ['A06b', 'the signature altered', (own) => own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A')],
  ['A06c', 'one’s id with another’s signature', (own, another) => half(own, 0) + half(another, 1)],
  ['A06d', 'another app’s cookie', (_, __, elsewhere) => elsewhere],
  ['A06e', 'no signature', (own) => half(own, 0)],
  ['A06f', 'a signature of nothing', (own) => `${half(own, 0)}.`],
  ['A06g', 'the id alone, signed with an empty key', (own) => signed(half(own, 0), '')],
  [
    'A06h',
    'the id alone, signed with a well-known secret',
    (own) => signed(half(own, 0), 'fakebook-webapp-secret'),
  ],
  ['A06i', 'the name of what every object has', () => '__proto__'],
  ['A06j', 'words for a database', (own) => `' or 1=1 --${own}`],
  ['A06k', 'empty', () => ''],
  ['A06l', 'bytes that are no text', () => '%ff%fe%00'],
  ['A06m', '6,000 letters', () => 'a'.repeat(6_000)],
]

const half = (cookie: string, part: 0 | 1) => decodeURIComponent(cookie).split('.')[part] ?? ''
const signed = (id: string, key: string) =>
  encodeURIComponent(`${id}.${createHmac('sha256', key).update(id).digest('base64').replace(/=+$/, '')}`)

/** Forms without the token of their session, or not with it in the form. */
export const FORGED_FORMS: readonly (readonly [
  id: string,
  what: string,
  make: (own: string, another: string) => { form?: Record<string, string>; headers?: Record<string, string> },
])[] = [
  ['A07a', 'no token', () => ({})],
  ['A07b', 'an empty token', () => ({ form: { _csrf: '' } })],
  ['A07c', 'an altered token', (own) => ({ form: { _csrf: `${own}x` } })],
  ['A07d', 'another session’s token', (_, another) => ({ form: { _csrf: another } })],
  [
    'A07e',
    'the token in a header, where a page elsewhere cannot have it',
    (own) => ({ headers: { 'csrf-token': own } }),
  ],
  [
    'A07f',
    'a token made without the secret',
    () => ({ form: { _csrf: 'abcdefgh-abcdefghijklmnopqrstuvwxyz' } }),
  ],
]

/** Words in a book or a search that mean to be more than words. */
export const SCRIPT_INJECTIONS: readonly (readonly [id: string, what: string, words: string])[] = [
  ['A08a', 'an element', '<script>window.pwned=1</script>'],
  ['A08b', 'an element that fails to load', '<img src=x onerror=window.pwned=1>'],
  ['A08c', 'the end of an attribute in double quotes', '" autofocus onfocus="window.pwned=1'],
  ['A08d', 'the end of an attribute in single quotes', "' autofocus onfocus='window.pwned=1"],
  ['A08e', 'the end of a title', '</title><script>window.pwned=1</script>'],
  ['A08f', 'the end of a link', '"></a><a href="javascript:window.pwned=1" id="pwned">'],
  ['A08g', 'the address of a script', 'javascript:window.pwned=1'],
  ['A08h', 'a template’s own marks', '<%= globalThis.pwned = 1 %><%~ "<b>" %>'],
  ['A08i', 'a template literal', `\${globalThis.pwned=1}\``],
  ['A08j', 'an entity', '&lt;b&gt;&#60;script&#62;'],
  ['A08k', 'letters that run backwards', 'abc\u202e<gnp.exe'],
  ['A08l', 'a query and a fragment', 'a&author=b#c?d=%00%2f..'],
]

/**
 * Callbacks that are not what was asked for. `own` is the address that would have been right. Where no sign-in can be
 * meant, the page says what to do with a code (200); nobody is signed in by any.
 */
export const INVALID_CALLBACKS: readonly (readonly [
  id: string,
  what: string,
  status: number,
  make: (own: URL, victims: URL) => void,
])[] = [
  ['A03a', 'another issuer’s answer', 400, (own) => own.searchParams.set('iss', 'https://evil.example')],
  ['A03b', 'an answer of nobody', 400, (own) => own.searchParams.delete('iss')],
  ['A03c', 'two issuers', 400, (own) => own.searchParams.append('iss', 'https://evil.example')],
  [
    'A04a',
    'a victim’s code in the attacker’s sign-in',
    400,
    (own, victims) => own.searchParams.set('code', victims.searchParams.get('code') ?? ''),
  ],
  [
    'A04b',
    'a code that nobody issued',
    400,
    (own) => own.searchParams.set('code', 'a-code-that-nobody-issued'),
  ],
  ['A04c', 'two codes', 400, (own) => own.searchParams.append('code', 'another')],
  ['A04d', 'no code', 400, (own) => own.searchParams.delete('code')],
  ['A04e', 'a token in place of a code', 400, (own) => own.searchParams.set('id_token', 'eyJ.eyJ.x')],
  ['A05a', 'a state that nobody made', 200, (own) => own.searchParams.set('state', 'x'.repeat(43))],
  [
    'A05b',
    'the state of a victim’s sign-in',
    400,
    (own, victims) => own.searchParams.set('state', victims.searchParams.get('state') ?? ''),
  ],
  ['A05c', 'two states', 200, (own) => own.searchParams.append('state', 'another')],
  ['A05d', 'no state', 200, (own) => own.searchParams.delete('state')],
  ['A05e', 'a refusal', 403, (own) => refusal(own, 'access_denied')],
  ['A05f', 'trouble at the issuer', 503, (own) => refusal(own, 'temporarily_unavailable')],
]

function refusal(own: URL, error: string): void {
  own.searchParams.delete('code')
  own.searchParams.set('error', error)
  own.searchParams.set('error_description', '<b>call 0900</b>')
}

/** Every form that changes something: its address, and whether it did. */
export const PROTECTED_FORMS: readonly (readonly [
  path: string,
  done: (person: WebClient) => Promise<boolean>,
])[] = [
  [
    '/books/new',
    async (person) => (await person.request('/books?title=Curtain')).text.includes('class="book"'),
  ],
  ['/sign-out', async (person) => (await person.displayedName()) === undefined],
]
