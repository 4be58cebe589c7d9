import type { Book } from '../books.ts'

/** A book in REST's shape, as our own `GET /books/{id}` gives it. */
export function restBook({ id, title, author, cost, numPages }: Book) {
  return { id: Number(id), title, author, cost, num_pages: numPages }
}

/** An error with the status of its answer. */
export class HttpError extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string) {
    super(code)
    this.statusCode = statusCode
    this.code = code
  }
}

/** How both REST peers say no. */
export const refusals = {
  unauthenticated: () => new HttpError(401, 'UNAUTHENTICATED'),
  forbidden: () => new HttpError(403, 'FORBIDDEN'),
}
