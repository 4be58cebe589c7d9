import type { KoaContextWithOIDC } from 'oidc-provider'
import { describeAccess, USERS } from './clients-and-users.ts'

const escapeHtml = (text: unknown) =>
  String(text ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Builds a page without scripts or external resources. */
const page = (title: string, content: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>
<style>
:root{color-scheme:light dark;--ink:#1f2328;--soft:#59636e;--paper:#fff;--back:#eef1f4;--line:#818b98;--key:#1b4f9c;--on-key:#fff;--bad:#a40e26}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#a3adb8;--paper:#1b1f24;--back:#101317;--line:#6b7681;--key:#8ab8ff;--on-key:#0b1524;--bad:#ff9aa2}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--back);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:24rem;padding:2rem;background:var(--paper);border-radius:.75rem;box-shadow:0 1px 3px #0003}
h1{margin:0 0 1rem;font-size:1.5rem}
p{margin:0 0 1rem}
.soft{color:var(--soft)}
label{display:block;font-weight:600}
input,button{display:block;width:100%;margin:.25rem 0 1rem;padding:.6rem;font:inherit;border-radius:.4rem}
input{border:1px solid var(--line);background:var(--paper);color:var(--ink)}
button{border:0;background:var(--key);color:var(--on-key);font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid var(--key);outline-offset:2px}
[role=alert]{color:var(--bad);font-weight:600}
a{color:var(--key)}
code,button{overflow-wrap:anywhere}
.accounts{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem}
.accounts p{margin:0 0 .5rem}
.accounts button{margin:0 0 .5rem;border:1px solid var(--line);background:none;color:inherit;font-weight:400;text-align:left}
.accounts button:hover{border-color:var(--key)}
.accounts span{display:block}
</style>
<main><h1>${title}</h1>
${content}
</main>
</html>`

/** Responds with a page that must not be cached or framed. */
export function sendPage(ctx: KoaContextWithOIDC, status: number, html: string): void {
  ctx.status = status
  ctx.set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  })
  ctx.body = html
}

/** The page for errors that must not be sent to the redirect URI, for example because it is not registered. */
export const errorPage = ({ error, error_description }: { error?: unknown; error_description?: unknown }) =>
  page(
    error === 'server_error' ? 'Something went wrong' : 'Invalid request',
    `<p>${escapeHtml(error_description)}</p>\n<p><code>${escapeHtml(error)}</code></p>`,
  )

export const signedOutPage = () => page('You are signed out', '<p>You can close this page.</p>')

/** The page for a sign-in form that was already submitted or has expired. */
export const expiredSignInPage = (applicationUrl: string) =>
  page(
    'This sign-in has ended',
    `<p>It was completed in another tab or has expired.</p>\n<p><a href="${escapeHtml(applicationUrl)}">Return to the application</a> and sign in again if necessary.</p>`,
  )

/** The contents of the sign-in form. */
export type SignInForm = Readonly<Partial<Record<'login' | 'password' | 'errorMessage', string>>>

const autofocusIfEmpty = (value: string) => (value === '' ? ' autofocus' : '')

/** The sign-in form, with a second form that fills in a demo account. The first element with `autofocus` gets the focus. */
export const signInPage = (application: string, { login = '', password = '', errorMessage }: SignInForm) =>
  page(
    `Sign in to ${escapeHtml(application)}`,
    `${errorMessage === undefined ? '' : `<p role="alert">${escapeHtml(errorMessage)}</p>`}
<form method="post">
<label for="login">Email</label><input id="login" name="login" type="email" value="${escapeHtml(login)}" autocomplete="username" required${autofocusIfEmpty(login)}>
<label for="password">Password</label><input id="password" name="password" type="password" value="${escapeHtml(password)}" autocomplete="current-password" required${autofocusIfEmpty(password)}>
<button autofocus>Sign in</button>
</form>
<form class="accounts">
<p>Use a demo account</p>
${USERS.map((user) => `<button name="account" value="${user.login}">${user.login}<span class="soft">${describeAccess(user)}</span></button>`).join('\n')}
<p class="soft">This server is for development on this machine only.</p>
</form>`,
  )
