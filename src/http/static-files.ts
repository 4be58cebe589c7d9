import type { ServerResponse } from 'node:http'
import sirv from 'sirv'
import type { FileHandler } from './router.ts'

const YEAR_SECONDS = 31_536_000
/** What compressed copies are made with. */
const CODINGS = ['br', 'gzip']

/**
 * Files that never change: each has its content's hash in its name. Compressed copies beside them are sent to who takes them.
 * @param folder an absolute path; what is in it is looked up once, now
 */
export function createFileHandler(folder: string): FileHandler {
  const serve = sirv(folder, {
    gzip: true,
    brotli: true,
    extensions: [],
    etag: true,
    maxAge: YEAR_SECONDS,
    immutable: true,
    setHeaders: (response) => response.setHeader('x-content-type-options', 'nosniff'),
  })
  return function serveFile(request, response, next, failed) {
    const { headers } = request
    // RFC 9110 §14.2: ranges may be ignored. sirv throws at one that ends before it begins.
    delete headers.range
    headers['accept-encoding'] = codingsTaken(headers['accept-encoding']).join()
    watch(response, failed)
    serve(request, response, next)
  }
}

/** RFC 9110 §12.5.3. sirv takes each coding that is named for one that is wanted, `br;q=0` as well. */
function codingsTaken(header = ''): string[] {
  const weights = new Map<string, number>()
  for (const element of header.toLowerCase().split(',')) {
    const [coding = '', weight = '1'] = element.split(/;\s*q=/)
    weights.set(coding.trim(), Number(weight))
  }
  return CODINGS.filter((coding) => (weights.get(coding) ?? weights.get('*') ?? 0) > 0)
}

/** sirv leaves a file open whose client goes away, and one that cannot be read would end the process. */
function watch(response: ServerResponse, failed: (error: unknown) => void): void {
  response.once('pipe', (file) => {
    response.once('close', () => file.destroy())
    file.once('error', (error) => {
      failed(error)
      response.destroy()
    })
  })
}
