import type { FastifyReply, FastifyRequest } from 'fastify'

type PageData = Readonly<Record<string, unknown>> & { readonly title: string; readonly status?: number }

/** Renders a view with `data`, the user's name, the CSRF token of the session and the current path. */
export async function renderPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  data: PageData,
): Promise<FastifyReply> {
  // `session` is missing when a hook failed before the session was loaded.
  const { grant, name } = request.session ?? {}
  const csrf = grant === undefined ? undefined : reply.generateCsrf()
  const path = request.url.split('?', 1)[0]
  reply.code(data.status ?? 200).type('text/html; charset=utf-8')
  return reply.send(await reply.viewAsync(view, { ...data, userName: grant && name, csrf, path }))
}
