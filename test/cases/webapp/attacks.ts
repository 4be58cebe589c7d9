import { createHmac } from 'node:crypto'
import type { WebClient } from '../../support/webapp/web-client.ts'

type Case = {
  /** Permanent. */
  readonly id: string
  readonly title: string
}

type ReturnAddressCase = Case & { readonly address: string }

/** Values of `return-to` that a sign-in must not redirect to. It redirects to /books instead. */
export const UNSAFE_RETURN_ADDRESSES: readonly ReturnAddressCase[] = [
  { id: 'webapp/A01a', title: 'another scheme and host', address: 'https://evil.example/' },
  { id: 'webapp/A01b', title: 'a scheme-relative URL', address: '//evil.example/books' },
  { id: 'webapp/A01c', title: 'a host after a backslash', address: '/\\evil.example' },
  { id: 'webapp/A01d', title: 'a host after two backslashes', address: '\\\\evil.example' },
  { id: 'webapp/A01e', title: 'a host after three slashes', address: '///evil.example' },
  { id: 'webapp/A01f', title: 'an encoded slash and a parent segment', address: '/%2f..//evil.example' },
  { id: 'webapp/A01g', title: 'an encoded host', address: '/%2f%2fevil.example' },
  { id: 'webapp/A01h', title: 'a dot segment that leaves two slashes', address: '/.//evil.example' },
  {
    id: 'webapp/A01i',
    title: 'a parent segment that leaves two slashes',
    address: '/books/..//evil.example',
  },
  { id: 'webapp/A01j', title: 'a tab, which browsers remove', address: '/\t/evil.example' },
  { id: 'webapp/A01k', title: 'a newline, which browsers remove', address: '/\n/evil.example' },
  {
    id: 'webapp/A01l',
    title: 'a line break and a header',
    address: '/books\r\nset-cookie: fakebook=evil',
  },
  { id: 'webapp/A01m', title: 'a null byte', address: '/books\0//evil.example' },
  { id: 'webapp/A01n', title: 'a user name before the host', address: 'http://localhost@evil.example' },
  { id: 'webapp/A01o', title: 'a javascript: URL', address: 'javascript:alert(1)' },
  { id: 'webapp/A01p', title: 'a data: URL', address: 'data:text/html,<script>alert(1)</script>' },
  { id: 'webapp/A01q', title: 'a relative path', address: 'evil' },
  { id: 'webapp/A01r', title: 'a relative path that looks like a host', address: '.evil.example' },
  { id: 'webapp/A01s', title: 'the callback with an injected code', address: '/callback?code=c&state=s' },
  { id: 'webapp/A01t', title: 'the home page as a callback', address: '/?code=c&state=s' },
  { id: 'webapp/A01u', title: 'the sign-in itself', address: '/sign-in' },
  { id: 'webapp/A01v', title: 'a page with a host in its fragment', address: '/books#//evil.example' },
  { id: 'webapp/A01w', title: 'a page with a backslash in its query', address: '/books?title=\\' },
  {
    id: 'webapp/A01x',
    title: 'an address of 3,000 characters',
    address: `/books?title=${'a'.repeat(3_000)}`,
  },
  { id: 'webapp/A01y', title: 'an empty value', address: '' },
  { id: 'webapp/A01z', title: 'Unicode slashes', address: '／／evil.example' },
]

type CookieCase = Case & {
  /** Builds the forged value from a user's own cookie, another user's, and one of another installation. */
  readonly forge: (own: string, another: string, elsewhere: string) => string
}

/** Session cookies that were not issued. They are treated as no session. */
export const FORGED_COOKIES: readonly CookieCase[] = [
  {
    id: 'webapp/A06a',
    title: 'an altered id',
    forge: (own) => own.replace(/^./, (letter) => (letter === 'a' ? 'b' : 'a')),
  },
  {
    id: 'webapp/A06b',
    title: 'an altered signature',
    forge: (own) => own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A'),
  },
  {
    id: 'webapp/A06c',
    title: 'an id with the signature of another session',
    forge: (own, another) => idOf(own) + signatureOf(another),
  },
  {
    id: 'webapp/A06d',
    title: 'a cookie of another installation',
    forge: (_, __, elsewhere) => elsewhere,
  },
  { id: 'webapp/A06e', title: 'no signature', forge: (own) => idOf(own) },
  { id: 'webapp/A06f', title: 'an empty signature', forge: (own) => `${idOf(own)}.` },
  { id: 'webapp/A06g', title: 'an id signed with an empty key', forge: (own) => sign(idOf(own), '') },
  {
    id: 'webapp/A06h',
    title: 'an id signed with a public secret',
    forge: (own) => sign(idOf(own), 'fakebook-webapp-secret'),
  },
  { id: 'webapp/A06i', title: 'the name of an inherited property', forge: () => '__proto__' },
  { id: 'webapp/A06j', title: 'SQL', forge: (own) => `' or 1=1 --${own}` },
  { id: 'webapp/A06k', title: 'an empty value', forge: () => '' },
  { id: 'webapp/A06l', title: 'invalid UTF-8', forge: () => '%ff%fe%00' },
  { id: 'webapp/A06m', title: '6,000 characters', forge: () => 'a'.repeat(6_000) },
]

const idOf = (cookie: string) => decodeURIComponent(cookie).split('.')[0] ?? ''
const signatureOf = (cookie: string) => decodeURIComponent(cookie).split('.')[1] ?? ''
const sign = (id: string, key: string) =>
  encodeURIComponent(`${id}.${createHmac('sha256', key).update(id).digest('base64').replace(/=+$/, '')}`)

type FormCase = Case & {
  /** Builds the forged request from the CSRF tokens of the user's own session and of another one. */
  readonly forge: (
    own: string,
    another: string,
  ) => { readonly form?: Record<string, string>; readonly headers?: Record<string, string> }
}

/** Forms without the CSRF token of their session. */
export const FORGED_FORMS: readonly FormCase[] = [
  { id: 'webapp/A07a', title: 'no token', forge: () => ({}) },
  { id: 'webapp/A07b', title: 'an empty token', forge: () => ({ form: { _csrf: '' } }) },
  { id: 'webapp/A07c', title: 'an altered token', forge: (own) => ({ form: { _csrf: `${own}x` } }) },
  {
    id: 'webapp/A07d',
    title: 'the token of another session',
    forge: (_, another) => ({ form: { _csrf: another } }),
  },
  {
    id: 'webapp/A07e',
    title: 'the token in a header instead of the form',
    forge: (own) => ({ headers: { 'csrf-token': own } }),
  },
  {
    id: 'webapp/A07f',
    title: 'a token made without the secret',
    forge: () => ({ form: { _csrf: 'abcdefgh-abcdefghijklmnopqrstuvwxyz' } }),
  },
]

type SealedCookies = {
  readonly own: string
  /** Another pending sign-in of the same browser. */
  readonly ownOther: string
  /** A pending sign-in of another user's browser. */
  readonly another: string
  /** A pending sign-in at another installation. */
  readonly elsewhere: string
  /** The user's draft, which is encrypted with the same key. */
  readonly draft: string
}

type SealedCookieCase = Case & { readonly forge: (cookies: SealedCookies) => string }

/**
 * Values of the cookie of a pending sign-in that were not issued for it: base64url of an initialization vector (12 bytes), a
 * tag (16 bytes) and a ciphertext. Its callback starts no session.
 */
export const FORGED_SIGN_IN_COOKIES: readonly SealedCookieCase[] = [
  { id: 'webapp/A14a', title: 'an altered initialization vector', forge: ({ own }) => alterAt(own, 0) },
  { id: 'webapp/A14b', title: 'an altered tag', forge: ({ own }) => alterAt(own, 20) },
  { id: 'webapp/A14c', title: 'an altered ciphertext', forge: ({ own }) => alterAt(own, 60) },
  { id: 'webapp/A14d', title: 'a shortened ciphertext', forge: ({ own }) => own.slice(0, -8) },
  { id: 'webapp/A14e', title: 'a longer ciphertext', forge: ({ own }) => `${own}AAAA` },
  { id: 'webapp/A14f', title: 'no ciphertext', forge: ({ own }) => own.slice(0, 38) },
  { id: 'webapp/A14g', title: 'a shortened tag', forge: ({ own }) => own.slice(0, 22) },
  { id: 'webapp/A14h', title: 'another sign-in of the browser', forge: ({ ownOther }) => ownOther },
  { id: 'webapp/A14i', title: 'the sign-in of another user', forge: ({ another }) => another },
  { id: 'webapp/A14j', title: 'a sign-in of another installation', forge: ({ elsewhere }) => elsewhere },
  { id: 'webapp/A14k', title: 'a draft', forge: ({ draft }) => draft },
  {
    id: 'webapp/A14l',
    title: 'plain JSON',
    forge: () => encodeURIComponent('{"value":{},"expiresAt":9e15}'),
  },
  { id: 'webapp/A14m', title: 'an empty value', forge: () => '' },
  { id: 'webapp/A14n', title: '6,000 characters', forge: () => 'a'.repeat(6_000) },
]

const alterAt = (cookie: string, index: number) =>
  cookie.slice(0, index) + (cookie[index] === 'A' ? 'B' : 'A') + cookie.slice(index + 1)

/** Text in a book or a search that must not be interpreted as markup or script. */
export const SCRIPT_INJECTIONS: readonly (Case & { readonly text: string })[] = [
  { id: 'webapp/A08a', title: 'an element', text: '<script>window.pwned=1</script>' },
  { id: 'webapp/A08b', title: 'an element that fails to load', text: '<img src=x onerror=window.pwned=1>' },
  {
    id: 'webapp/A08c',
    title: 'the end of an attribute in double quotes',
    text: '" autofocus onfocus="window.pwned=1',
  },
  {
    id: 'webapp/A08d',
    title: 'the end of an attribute in single quotes',
    text: "' autofocus onfocus='window.pwned=1",
  },
  { id: 'webapp/A08e', title: 'the end of a title', text: '</title><script>window.pwned=1</script>' },
  {
    id: 'webapp/A08f',
    title: 'the end of a link',
    text: '"></a><a href="javascript:window.pwned=1" id="pwned">',
  },
  { id: 'webapp/A08g', title: 'a javascript: URL', text: 'javascript:window.pwned=1' },
  { id: 'webapp/A08h', title: 'template tags', text: '<%= globalThis.pwned = 1 %><%~ "<b>" %>' },
  { id: 'webapp/A08i', title: 'a template literal', text: `\${globalThis.pwned=1}\`` },
  { id: 'webapp/A08j', title: 'character references', text: '&lt;b&gt;&#60;script&#62;' },
  { id: 'webapp/A08k', title: 'a right-to-left mark', text: 'abc\u200f<gnp.exe' },
  { id: 'webapp/A08l', title: 'a query and a fragment', text: 'a&author=b#c?d=%00%2f..' },
]

type CallbackCase = Case & {
  readonly status: number
  /** Changes a valid callback URL. `victim` is the callback URL of another user's pending sign-in. */
  readonly alter: (own: URL, victim: URL) => void
}

/**
 * Invalid callbacks. None signs anyone in. A callback that belongs to no pending sign-in gets the page for manual codes
 * (200).
 */
export const INVALID_CALLBACKS: readonly CallbackCase[] = [
  {
    id: 'webapp/A03a',
    title: 'the response of another issuer',
    status: 400,
    alter: (own) => own.searchParams.set('iss', 'https://evil.example'),
  },
  {
    id: 'webapp/A03b',
    title: 'a response without an issuer',
    status: 400,
    alter: (own) => own.searchParams.delete('iss'),
  },
  {
    id: 'webapp/A03c',
    title: 'two issuers',
    status: 400,
    alter: (own) => own.searchParams.append('iss', 'https://evil.example'),
  },
  {
    id: 'webapp/A04a',
    title: 'a victim’s code in the attacker’s sign-in',
    status: 400,
    alter: (own, victim) => own.searchParams.set('code', victim.searchParams.get('code') ?? ''),
  },
  {
    id: 'webapp/A04b',
    title: 'a code that was never issued',
    status: 400,
    alter: (own) => own.searchParams.set('code', 'a-code-that-was-never-issued'),
  },
  {
    id: 'webapp/A04c',
    title: 'two codes',
    status: 400,
    alter: (own) => own.searchParams.append('code', 'another'),
  },
  { id: 'webapp/A04d', title: 'no code', status: 400, alter: (own) => own.searchParams.delete('code') },
  {
    id: 'webapp/A04e',
    title: 'an ID token beside the code',
    status: 400,
    alter: (own) => own.searchParams.set('id_token', 'eyJ.eyJ.x'),
  },
  {
    id: 'webapp/A05a',
    title: 'an unknown state',
    status: 200,
    alter: (own) => own.searchParams.set('state', 'x'.repeat(43)),
  },
  {
    id: 'webapp/A05b',
    title: 'the state of a victim’s sign-in',
    status: 400,
    alter: (own, victim) => own.searchParams.set('state', victim.searchParams.get('state') ?? ''),
  },
  {
    id: 'webapp/A05c',
    title: 'two states',
    status: 200,
    alter: (own) => own.searchParams.append('state', 'another'),
  },
  { id: 'webapp/A05d', title: 'no state', status: 200, alter: (own) => own.searchParams.delete('state') },
  {
    id: 'webapp/A05e',
    title: 'a denied sign-in',
    status: 403,
    alter: (own) => replaceCode(own, 'access_denied'),
  },
  {
    id: 'webapp/A05f',
    title: 'an outage of the issuer',
    status: 503,
    alter: (own) => replaceCode(own, 'temporarily_unavailable'),
  },
]

function replaceCode(url: URL, error: string): void {
  url.searchParams.delete('code')
  url.searchParams.set('error', error)
  url.searchParams.set('error_description', '<b>call 0900</b>')
}

type ProtectedForm = { readonly path: string; readonly hasChanged: (client: WebClient) => Promise<boolean> }

/** The forms that change state. */
export const PROTECTED_FORMS: readonly ProtectedForm[] = [
  {
    path: '/books/new',
    hasChanged: async (client) =>
      (await client.request('/books?title=Curtain')).text.includes('class="book"'),
  },
  { path: '/sign-out', hasChanged: async (client) => (await client.displayedName()) === undefined },
]
