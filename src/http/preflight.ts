import type { HttpRequest, Route } from '../lib/http-messages.ts'

/** How long a browser may remember that it may ask. */
const PREFLIGHT_SECONDS = '86400'

/** What a browser asks before a page from elsewhere reads what is public (Fetch §3.2.2). */
export const createPreflightRoute = ({ url, method }: Route): Route => ({
  url,
  method: 'OPTIONS',
  allowsAnyOrigin: true,
  handler: async ({ headers: { 'access-control-request-headers': asked } }: HttpRequest) => ({
    status: 204,
    headers: {
      'access-control-allow-methods': [method].flat().join(', '),
      ...(asked && { 'access-control-allow-headers': String(asked) }),
      'access-control-max-age': PREFLIGHT_SECONDS,
      vary: 'access-control-request-headers',
    },
    body: '',
  }),
})
