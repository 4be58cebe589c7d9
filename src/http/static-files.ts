import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'
import { parseWeights } from '../lib/http-messages.ts'

const YEAR_SECONDS = 31_536_000
/** The content coding of the compressed copies beside the files. */
const CODING = 'gzip'

export type FileHandler = ReturnType<typeof createFileHandler>

/**
 * Serves immutable files, whose names contain a hash of their content, with their compressed copies.
 * @param folder an absolute path; its files are listed once, now
 */
export function createFileHandler(folder: string) {
  const serve = sirv(folder, {
    gzip: true,
    extensions: [],
    etag: true,
    maxAge: YEAR_SECONDS,
    immutable: true,
  })

  /** Calls `next` synchronously if there is no such file, and `onError` if it cannot be read. */
  return function serveFile(
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
    onError: (error: unknown) => void,
  ): void {
    const { headers } = request
    // A server may ignore ranges (RFC 9110 §14.2); sirv throws if one ends before it begins.
    delete headers.range
    headers['accept-encoding'] = acceptsCoding(headers['accept-encoding']) ? CODING : ''
    handleStreamErrors(response, onError)
    if (request.method === 'HEAD') endWithoutBody(response)
    serve(request, response, next)
  }
}

/** Returns whether the client accepts the coding (RFC 9110 §12.5.3). sirv accepts one that is named, even with `q=0`. */
function acceptsCoding(header: string | undefined): boolean {
  const weights = parseWeights(header)
  return (weights.get(CODING) ?? weights.get('*') ?? 0) > 0
}

/** Closes the file when the client disconnects, which sirv does not, and keeps a read error from ending the process. */
function handleStreamErrors(response: ServerResponse, onError: (error: unknown) => void): void {
  response.once('pipe', (file) => {
    response.once('close', () => file.destroy())
    file.once('error', (error) => {
      onError(error)
      response.destroy()
    })
  })
}

/** Ends the response with its headers alone. sirv reads the whole file for HEAD too. */
function endWithoutBody(response: ServerResponse): void {
  response.once('pipe', (file) => {
    file.destroy()
    response.end()
  })
}
