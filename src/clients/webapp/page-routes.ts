import type { FastifyInstance } from 'fastify'
import { BookPageDocument, OneBookDocument } from '../../generated/webapp/graphql.ts'
import { type Ask, dataOf } from './authorized-request.ts'
import type { Grants } from './grant-store.ts'
import type { Issuer } from './oidc-client.ts'
import { Fault } from './page-error.ts'
import { show, textOf } from './render.ts'
import { grantOf } from './session-store.ts'

type Parts = { readonly ask: Ask; readonly grants: Grants; readonly issuer: Issuer }

const BOOKS_A_PAGE = 10
const MOST_LETTERS = 500

/** The pages for whoever is signed in: the books, one book, who they are. */
export function addPages(app: FastifyInstance, { ask, grants, issuer }: Parts): void {
  app.get('/books', async (request, reply) => {
    const grant = grantOf(request)
    const [title, author] = ['title', 'author'].map((name) =>
      textOf(request.query, name).slice(0, MOST_LETTERS),
    )
    const after = textOf(request.query, 'after')
    const filter = { title: title || undefined, author: author || undefined }
    const variables = { filter, first: BOOKS_A_PAGE, after: after || undefined }
    const { edges, pageInfo } = dataOf(await ask(grant, BookPageDocument, variables)).booksConnection
    return show(request, reply, 'books', {
      title: 'Books',
      books: edges.map(({ node }) => node),
      search: { title, author },
      first: after && address({ title, author }),
      next: pageInfo.hasNextPage && address({ title, author, after: pageInfo.endCursor ?? '' }),
    })
  })

  app.get<{ Params: { id: string } }>('/books/:id', async (request, reply) => {
    const { book } = dataOf(await ask(grantOf(request), OneBookDocument, { id: request.params.id }))
    if (!book) throw new Fault('notFound')
    const added = textOf(request.query, 'added') !== ''
    return show(request, reply, 'book', { title: book.title, book, added })
  })

  app.get('/profile', async (request, reply) => {
    const grant = grantOf(request)
    const { subject } = await grants.read(grant)
    const held = await grants.everyday(grant)
    const person = await issuer.person(held.token, subject).catch(async (error) => {
      if (!(error instanceof Fault && error.kind === 'tokenRefused')) throw error
      return issuer.person((await grants.inPlaceOf(grant, held)).token, subject)
    })
    const tokens = [await grants.everyday(grant), await grants.extra(grant)].filter(
      (one) => one !== undefined,
    )
    return show(request, reply, 'profile', { title: 'Your profile', claims: person, tokens })
  })
}

const address = (search: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(search).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? '/books' : `/books?${new URLSearchParams(given)}`
}
