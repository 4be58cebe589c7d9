import sirv from 'sirv'
import type { ServeFile } from './router.ts'

const YEAR_SECONDS = 31_536_000

/**
 * Files that never change: each has its content's hash in its name. Compressed copies beside them are sent to who takes them.
 * @param folder an absolute path; what is in it is looked up once, now
 */
export const serveFiles = (folder: string): ServeFile =>
  sirv(folder, {
    gzip: true,
    brotli: true,
    extensions: [],
    maxAge: YEAR_SECONDS,
    immutable: true,
    setHeaders: (response) => response.setHeader('x-content-type-options', 'nosniff'),
  })
