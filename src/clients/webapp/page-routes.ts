import type { FastifyInstance } from 'fastify'
import { BookPageDocument, type BookPageQuery, OneBookDocument } from '../../generated/webapp/graphql.ts'
import { type ExecuteDocument, unwrapApiResult } from './execute-document.ts'
import type { GrantStore } from './grant-store.ts'
import type { OidcClient } from './oidc-client.ts'
import { PageError } from './page-error.ts'
import { renderPage } from './render.ts'
import { requireUser } from './session-store.ts'
import { readTextField } from './text-field.ts'

/** The parameters of a search by name. */
type Search = Readonly<Record<string, string>>

/** The orders of the list, with the values of the `sort` parameter. */
const ORDERS = [
  { sort: '', label: 'ID', orderBy: 'ID' },
  { sort: 'newest', label: 'Newest', orderBy: 'NEWEST' },
  { sort: 'title', label: 'Title', orderBy: 'TITLE' },
] as const
/** The first language of `Accept-Language`, with a region or without. */
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z]{2})?(?=[,;]|$)/i
/** In UTC, because the server does not know the user's time zone. */
const TIME_FORMAT = { dateStyle: 'long', timeStyle: 'long', timeZone: 'UTC' } as const
const PAGE_SIZE = 10
const MAX_SEARCH_LENGTH = 500

/** Registers the read-only pages of signed-in users: the books, a book and the profile. */
export function registerPageRoutes(
  app: FastifyInstance,
  executeDocument: ExecuteDocument,
  grants: GrantStore,
  oidcClient: OidcClient,
): void {
  app.get('/books', async (request, reply) => {
    const { grantId } = requireUser(request)
    const read = (name: string) => readTextField(request.query, name).slice(0, MAX_SEARCH_LENGTH)
    const search = { title: read('title'), author: read('author'), sort: read('sort') }
    const before = read('before')
    const variables = {
      filter: { title: search.title, authorWords: search.author },
      orderBy: ORDERS.find(({ sort }) => sort === search.sort)?.orderBy ?? 'ID',
      ...(before ? { last: PAGE_SIZE, before } : { first: PAGE_SIZE, after: read('after') || undefined }),
    }
    const page = unwrapApiResult(await executeDocument(grantId, BookPageDocument, variables)).booksConnection
    return renderPage(reply, 'books', {
      title: 'Books',
      books: page.edges.map(({ node }) => node),
      search,
      orders: ORDERS.map((order) => ({ ...order, path: buildBooksPath({ ...search, sort: order.sort }) })),
      ...describePosition(page, search, read('page')),
    })
  })

  app.get<{ Params: { id: string } }>('/books/:id', async (request, reply) => {
    const { book } = unwrapApiResult(
      await executeDocument(requireUser(request).grantId, OneBookDocument, { id: request.params.id }),
    )
    if (!book) throw new PageError('notFound')
    const isNew = readTextField(request.query, 'added') !== ''
    return renderPage(reply, 'book', { title: book.title, book, isNew })
  })

  app.get('/profile', async (request, reply) => {
    const { grantId, subject } = requireUser(request)
    const access = await grants.getAccessToken(grantId)
    const claims = await oidcClient.fetchUserInfo(access.token, subject).catch(async (error) => {
      if (!(error instanceof PageError && error.kind === 'tokenRejected')) throw error
      const replacement = await grants.replaceRejectedToken(grantId, access)
      return oidcClient.fetchUserInfo(replacement.token, subject)
    })
    const [language] = LANGUAGE.exec(request.headers['accept-language'] ?? '') ?? ['en-GB']
    const tokens = [await grants.getAccessToken(grantId), await grants.getStepUpToken(grantId)].flatMap(
      (token) =>
        token ? { ...token, expiry: new Date(token.endsAt).toLocaleString(language, TIME_FORMAT) } : [],
    )
    return renderPage(reply, 'profile', { title: 'Your profile', claims, tokens })
  })
}

type Page = BookPageQuery['booksConnection']

/**
 * Describes the position of a page in its list, with links to the neighbouring pages. A cursor does not tell how many books
 * are before it, so the links have the page's number. The first and the last page are known without it.
 */
function describePosition(page: Page, search: Search, pageParameter: string) {
  const { edges, pageInfo, totalCount, isTotalCountExact } = page
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = pageInfo
  const number = hasPreviousPage ? Number(pageParameter) : 1
  const end = hasNextPage ? (number - 1) * PAGE_SIZE + edges.length : totalCount
  // The number may be any text of the URL.
  const isPossible = isTotalCountExact ? end <= totalCount : hasNextPage
  const isKnown = edges.length > 0 && Number.isInteger(number) && end >= edges.length && isPossible
  const format = (count: number) => count.toLocaleString('en')
  const total = isTotalCountExact ? format(totalCount) : `more than ${format(totalCount)}`
  const range = `${format(end - edges.length + 1)}–${format(end)} of`
  const linkTo = (cursor: Search, page: number) =>
    buildBooksPath({ ...search, ...cursor, page: page > 1 ? String(page) : '' })
  return {
    position: isKnown ? `${range} ${total}` : `${total} in total`,
    previousPage:
      hasPreviousPage &&
      (startCursor && number !== 2 ? linkTo({ before: startCursor }, number - 1) : buildBooksPath(search)),
    nextPage: hasNextPage && endCursor && linkTo({ after: endCursor }, number + 1),
  }
}

/** Builds the path of a search, without its empty parameters. */
function buildBooksPath(search: Search): string {
  const parameters = Object.entries(search).filter(([, value]) => value !== '')
  return parameters.length === 0 ? '/books' : `/books?${new URLSearchParams(parameters)}`
}
