import { subscribe, unsubscribe } from 'node:diagnostics_channel'

type Request = { readonly origin: string; readonly path: string; readonly method: string }
type Answered = { readonly request: Request; readonly response: { readonly statusCode: number } }

/** Sees the requests that `fetch` makes in this process, once their answers begin: what servers say to each other. */
export function recordFetchRequests(
  record: (call: { method: string; url: string; status: number }) => void,
): () => void {
  const answered = (message: unknown) => {
    const { request, response } = message as Answered
    record({ method: request.method, url: request.origin + request.path, status: response.statusCode })
  }
  subscribe('undici:request:headers', answered)
  return () => void unsubscribe('undici:request:headers', answered)
}
