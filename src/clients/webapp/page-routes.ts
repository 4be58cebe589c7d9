import type { FastifyInstance } from 'fastify'
import { BookPageDocument, OneBookDocument } from '../../generated/webapp/graphql.ts'
import { type AuthorizedRequest, unwrapApiResult } from './authorized-request.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { readTextField, renderPage } from './render.ts'
import { requireGrantId } from './session-store.ts'

type Parts = {
  readonly authorizedRequest: AuthorizedRequest
  readonly grants: GrantStore
  readonly oidcClient: OidcClient
}

const BOOKS_A_PAGE = 10
const MOST_LETTERS = 500

/** The pages for whoever is signed in: the books, one book, who they are. */
export function registerPageRoutes(
  app: FastifyInstance,
  { authorizedRequest, grants, oidcClient }: Parts,
): void {
  app.get('/books', async (request, reply) => {
    const grant = requireGrantId(request)
    const [title, author] = ['title', 'author'].map((name) =>
      readTextField(request.query, name).slice(0, MOST_LETTERS),
    )
    const after = readTextField(request.query, 'after')
    const filter = { title: title || undefined, author: author || undefined }
    const variables = { filter, first: BOOKS_A_PAGE, after: after || undefined }
    const { edges, pageInfo } = unwrapApiResult(
      await authorizedRequest(grant, BookPageDocument, variables),
    ).booksConnection
    return renderPage(request, reply, 'books', {
      title: 'Books',
      books: edges.map(({ node }) => node),
      search: { title, author },
      first: after && address({ title, author }),
      next: pageInfo.hasNextPage && address({ title, author, after: pageInfo.endCursor ?? '' }),
    })
  })

  app.get<{ Params: { id: string } }>('/books/:id', async (request, reply) => {
    const { book } = unwrapApiResult(
      await authorizedRequest(requireGrantId(request), OneBookDocument, { id: request.params.id }),
    )
    if (!book) throw new PageError('notFound')
    const added = readTextField(request.query, 'added') !== ''
    return renderPage(request, reply, 'book', { title: book.title, book, added })
  })

  app.get('/profile', async (request, reply) => {
    const grant = requireGrantId(request)
    const { subject } = await grants.get(grant)
    const held = await grants.getAccessToken(grant)
    const person = await oidcClient.fetchUserInfo(held.token, subject).catch(async (error) => {
      if (!(error instanceof PageError && error.kind === 'tokenRejected')) throw error
      return oidcClient.fetchUserInfo((await grants.replaceRejectedToken(grant, held)).token, subject)
    })
    const tokens = [await grants.getAccessToken(grant), await grants.getStepUpToken(grant)].filter(
      (one) => one !== undefined,
    )
    return renderPage(request, reply, 'profile', { title: 'Your profile', claims: person, tokens })
  })
}

const address = (search: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(search).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? '/books' : `/books?${new URLSearchParams(given)}`
}
