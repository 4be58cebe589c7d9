import type { IncomingHttpHeaders } from 'node:http'

/** One HTTP request as the rooms behind the socket see it: no framework, no stream. */
export type Question = {
  readonly method: string
  /** The path alone, as it was sent. */
  readonly path: string
  /** The query string with its `?`, or empty. */
  readonly search: string
  readonly headers: IncomingHttpHeaders
  /** Every value of the Authorization header. */
  readonly authorization: readonly string[] | undefined
  /** Every value of the DPoP header. */
  readonly dpop: readonly string[] | undefined
  /** Values of the path's placeholders. */
  readonly params: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** The body, if it is a form. */
  readonly form: string | undefined
  /** Reports a fault of ours in the request's log. */
  readonly report: (error: unknown) => void
}

/** One HTTP answer. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Route = {
  readonly method: 'GET' | 'POST' | readonly ('GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD')[]
  readonly url: string
  /** Whether pages from anywhere may read the answer (Fetch §3.2): for what is public. */
  readonly anyOrigin?: boolean
  readonly answer: (question: Question) => Promise<Answer>
}

export const jsonAnswer = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
})
