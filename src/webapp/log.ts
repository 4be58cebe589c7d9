import type { FastifyServerOptions } from 'fastify'

/**
 * One line a request: method, path, status, time. Codes and states are in the query, tokens may be in what libraries
 * attach to their errors: of a request only the path is logged, of an error only its own words.
 */
export const logger = (level: string): FastifyServerOptions['logger'] => ({
  level,
  serializers: {
    req: ({ method, url }) => ({ method, path: url.split('?', 1)[0]?.slice(0, 200) }),
    res: ({ statusCode }) => ({ status: statusCode }),
    err: ({ name, code, message, stack, cause }) => ({
      type: name,
      code,
      message,
      stack: stack ?? '',
      cause: cause instanceof Error ? cause.message : undefined,
    }),
  },
})
