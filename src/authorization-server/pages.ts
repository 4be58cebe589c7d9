import { join } from 'node:path'
import { Eta } from 'eta'
import type { KoaContextWithOIDC } from 'oidc-provider'

const views = new Eta({
  views: join(import.meta.dirname, 'views'),
  cache: true,
  autoEscape: true,
  autoFilter: true,
  filterFunction: (value) => String(value ?? ''),
})

/** Responds with a page that must not be cached or framed. Pages have no scripts and no external resources. */
export function sendPage(
  ctx: KoaContextWithOIDC,
  status: number,
  view: 'error' | 'sign-in' | 'sign-in-expired' | 'signed-out',
  data: object = {},
): void {
  ctx.status = status
  ctx.set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  })
  ctx.body = views.render(`./${view}`, data)
}
