import type { FastifyServerOptions } from 'fastify'

/** One line a request: method, path without its query, status, time. No header, body or query string is logged. */
export const logger = (level: string): FastifyServerOptions['logger'] => ({
  level,
  serializers: {
    req: (request) => ({ method: request.method, path: request.url.split('?', 1)[0] }),
    res: (reply) => ({ status: reply.statusCode }),
  },
})
