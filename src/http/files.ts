import serveStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const YEAR_SECONDS = 31_536_000

/**
 * Files that never change: each has its content's hash in its name. Compressed copies beside them are sent to who takes them.
 * @param folder an absolute path
 */
export function addFiles(app: FastifyInstance, prefix: string, folder: string): void {
  app.register(serveStatic, {
    root: folder,
    prefix,
    preCompressed: true,
    index: false,
    dotfiles: 'ignore',
    decorateReply: false,
    maxAge: YEAR_SECONDS * 1_000,
    immutable: true,
    logLevel: 'warn',
    setHeaders: (reply) => {
      reply.header('x-content-type-options', 'nosniff')
      reply.header('vary', 'accept-encoding')
    },
  })
}
