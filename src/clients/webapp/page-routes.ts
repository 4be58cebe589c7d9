import type { FastifyInstance } from 'fastify'
import { BookPageDocument, OneBookDocument } from '../../generated/webapp/graphql.ts'
import { type ExecuteDocument, unwrapApiResult } from './execute-document.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { renderPage } from './render.ts'
import { requireUser } from './session-store.ts'
import { readTextField } from './text-field.ts'

type PageRoutesOptions = {
  readonly executeDocument: ExecuteDocument
  readonly grants: GrantStore
  readonly oidcClient: OidcClient
}

const PAGE_SIZE = 10
const MAX_SEARCH_LENGTH = 500

/** Registers the read-only pages of signed-in users: the books, a book and the profile. */
export function registerPageRoutes(
  app: FastifyInstance,
  { executeDocument, grants, oidcClient }: PageRoutesOptions,
): void {
  app.get('/books', async (request, reply) => {
    const { grantId } = requireUser(request)
    const title = readTextField(request.query, 'title').slice(0, MAX_SEARCH_LENGTH)
    const author = readTextField(request.query, 'author').slice(0, MAX_SEARCH_LENGTH)
    const after = readTextField(request.query, 'after')
    const filter = { title: title || undefined, author: author || undefined }
    const variables = { filter, first: PAGE_SIZE, after: after || undefined }
    const { edges, pageInfo } = unwrapApiResult(
      await executeDocument(grantId, BookPageDocument, variables),
    ).booksConnection
    return renderPage(request, reply, 'books', {
      title: 'Books',
      books: edges.map(({ node }) => node),
      search: { title, author },
      firstPage: after && buildBooksPath({ title, author }),
      nextPage: pageInfo.hasNextPage && buildBooksPath({ title, author, after: pageInfo.endCursor ?? '' }),
    })
  })

  app.get<{ Params: { id: string } }>('/books/:id', async (request, reply) => {
    const { book } = unwrapApiResult(
      await executeDocument(requireUser(request).grantId, OneBookDocument, { id: request.params.id }),
    )
    if (!book) throw new PageError('notFound')
    const isNew = readTextField(request.query, 'added') !== ''
    return renderPage(request, reply, 'book', { title: book.title, book, isNew })
  })

  app.get('/profile', async (request, reply) => {
    const { grantId, subject } = requireUser(request)
    const access = await grants.getAccessToken(grantId)
    const claims = await oidcClient.fetchUserInfo(access.token, subject).catch(async (error) => {
      if (!(error instanceof PageError && error.kind === 'tokenRejected')) throw error
      const replacement = await grants.replaceRejectedToken(grantId, access)
      return oidcClient.fetchUserInfo(replacement.token, subject)
    })
    const tokens = [await grants.getAccessToken(grantId), await grants.getStepUpToken(grantId)].filter(
      (token) => token !== undefined,
    )
    return renderPage(request, reply, 'profile', { title: 'Your profile', claims, tokens })
  })
}

/** Builds the path of a search, without its empty parameters. */
function buildBooksPath(search: Readonly<Record<string, string>>): string {
  const parameters = Object.entries(search).filter(([, value]) => value !== '')
  return parameters.length === 0 ? '/books' : `/books?${new URLSearchParams(parameters)}`
}
