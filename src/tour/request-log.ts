import { subscribe, unsubscribe } from 'node:diagnostics_channel'

type HeadersMessage = {
  readonly request: { readonly origin: string; readonly path: string; readonly method: string }
  readonly response: { readonly statusCode: number }
}

/**
 * Records the `fetch` requests of this process, each when its response headers arrive.
 * @returns a function that stops recording
 */
export function recordFetchRequests(
  record: (call: { method: string; url: string; status: number }) => void,
): () => void {
  const onHeaders = (message: unknown) => {
    const { request, response } = message as HeadersMessage
    record({ method: request.method, url: request.origin + request.path, status: response.statusCode })
  }
  subscribe('undici:request:headers', onHeaders)
  return () => void unsubscribe('undici:request:headers', onHeaders)
}
