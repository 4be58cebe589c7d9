import type { FastifyReply } from 'fastify'

type PageData = Readonly<Record<string, unknown>> & { readonly title: string; readonly status?: number }

/** Renders a view with `data`, the user's name, the CSRF token of the session and the current path. */
export async function renderPage(reply: FastifyReply, view: string, data: PageData): Promise<FastifyReply> {
  const { session, url } = reply.request
  // The session is missing when a hook failed before it was loaded.
  const { grant, name } = session ?? {}
  const csrf = grant === undefined ? undefined : reply.generateCsrf()
  const path = url.split('?', 1)[0]
  reply.code(data.status ?? 200).type('text/html; charset=utf-8')
  return reply.send(await reply.viewAsync(view, { ...data, userName: grant && name, csrf, path }))
}
