import type { FastifyReply, FastifyRequest } from 'fastify'

/** Shows a page; the person's name, and the token that its forms need, come along. */
export async function renderPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  data: Readonly<Record<string, unknown>> & { readonly title: string; readonly status?: number },
): Promise<FastifyReply> {
  const { grant, name } = request.session ?? {}
  const csrf = grant === undefined ? undefined : reply.generateCsrf()
  const path = request.url.split('?', 1)[0]
  reply.code(data.status ?? 200).type('text/html; charset=utf-8')
  return reply.send(await reply.viewAsync(view, { ...data, person: grant && name, csrf, path }))
}

/** One value of a query or a form; what is there twice counts as left out. */
export const readTextField = (fields: unknown, name: string): string => {
  const value = Object(fields)[name]
  return typeof value === 'string' ? value : ''
}
