import { type HttpResponse, parseWeights } from '../lib/http-messages.ts'

/** Returns a page, with its Content-Security-Policy, that other sites cannot frame and that is not cached. */
export const createHtmlPage = (status: number, policy: readonly string[], content: string): HttpResponse => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    vary: 'accept',
    'content-security-policy': [
      "default-src 'none'",
      ...policy,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  },
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>FakeBook API</title>
<link rel="icon" href="data:,">
${content}
</html>
`,
})

const JSON_TYPES = ['application/json', 'application/graphql-response+json']

/** Tests whether a client prefers HTML to JSON: it names `text/html`, and no JSON type with the same weight. */
export function prefersHtml(accept: string | undefined): boolean {
  const weights = parseWeights(accept)
  const html = weights.get('text/html') ?? 0
  const anyJson = weights.get('application/*') ?? weights.get('*/*') ?? 0
  return (
    html > 0 &&
    JSON_TYPES.every((type) => (weights.get(type) ?? anyJson) <= html && weights.get(type) !== html)
  )
}
