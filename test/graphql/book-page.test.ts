import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { BookRange } from '../../src/database/book-query.ts'
import type { BookRepository } from '../../src/database/book-repository.ts'
import { readBookPage } from '../../src/graphql/book-page.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

describeEachDatabase((newDatabase) => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ DATABASE_URL: await newDatabase() })
  })
  afterAll(() => service.close())

  type PageCase = {
    readonly id: string
    readonly args: string
    readonly ids: readonly string[]
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly totalCount: number
  }

  const PAGES: readonly PageCase[] = [
    {
      id: 'pages/P01',
      args: '(last: 2)',
      ids: ['4', '5'],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P02',
      args: '(last: 2, before: 4)',
      ids: ['2', '3'],
      hasNextPage: true,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P03',
      args: '(last: 2, before: 3)',
      ids: ['1', '2'],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 5,
    },
    {
      id: 'pages/P04',
      args: '(last: 2, before: 1)',
      ids: [],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 5,
    },
    {
      id: 'pages/P05',
      args: '(first: 2, after: 3)',
      ids: ['4', '5'],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P06',
      args: '(first: 2, after: 5)',
      ids: [],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P07',
      args: '(first: 1, after: 1, before: 4)',
      ids: ['2'],
      hasNextPage: true,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P08',
      args: '(last: 1, after: 1, before: 4)',
      ids: ['3'],
      hasNextPage: true,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P09',
      args: '(after: 1, before: 4)',
      ids: ['2', '3'],
      hasNextPage: true,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P10',
      args: '(first: 5)',
      ids: ['1', '2', '3', '4', '5'],
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 5,
    },
    {
      id: 'pages/P11',
      args: '(last: 1, filter: { author: "Agatha Christie" })',
      ids: ['4'],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 2,
    },
    {
      id: 'pages/P12',
      args: '(last: 1, before: 4, filter: { author: "Agatha Christie" })',
      ids: ['1'],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 2,
    },
    {
      id: 'pages/P13',
      args: '(last: 1, before: 9007199254740991, filter: { title: "the" })',
      ids: ['5'],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 4,
    },
    {
      id: 'pages/P14',
      args: '(first: null, last: 1)',
      ids: ['5'],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 5,
    },
    {
      id: 'pages/P15',
      args: '(first: 2, orderBy: NEWEST)',
      ids: ['5', '4'],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 5,
    },
    {
      id: 'pages/P16',
      args: '(first: 3, orderBy: TITLE)',
      ids: ['1', '3', '2'],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 5,
    },
    {
      id: 'pages/P17',
      args: '(last: 1, before: 3, orderBy: TITLE)',
      ids: ['1'],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 5,
    },
    {
      id: 'pages/P18',
      args: '(after: 3, orderBy: TITLE, filter: { title: "the", authorWords: "w" })',
      ids: ['5'],
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 1,
    },
    {
      id: 'pages/P19',
      args: '(first: 2, after: 4711, orderBy: NEWEST)',
      ids: [],
      hasNextPage: false,
      hasPreviousPage: false,
      totalCount: 5,
    },
  ]
  test.each(PAGES)('$id booksConnection$args', async (page) => {
    const { args, ids, hasNextPage, hasPreviousPage, totalCount } = page
    const source = `{ booksConnection${args} { edges { node { id } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
    expect((await service.graphql(source, await service.tokenFor(READ_SCOPE))).json).toEqual({
      data: {
        booksConnection: {
          edges: ids.map((id) => ({ node: { id } })),
          totalCount,
          pageInfo: {
            hasNextPage,
            hasPreviousPage,
            startCursor: ids[0] ?? null,
            endCursor: ids.at(-1) ?? null,
          },
        },
      },
    })
  })

  test.each([
    { id: 'pages/P20', args: '(first: 1, last: 1)', argument: 'last' },
    { id: 'pages/P21', args: '(last: 101)', argument: 'last' },
    { id: 'pages/P22', args: '(last: 1, before: "x")', argument: 'before' },
  ])('$id rejects booksConnection$args and names the argument', async ({ args, argument }) => {
    const { json } = await service.graphql(
      `{ booksConnection${args} { totalCount } }`,
      await service.tokenFor(READ_SCOPE),
    )
    expect(json.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument })
  })

  test.each([
    { order: 'ID', all: ['1', '2', '3', '4', '5'] },
    { order: 'NEWEST', all: ['5', '4', '3', '2', '1'] },
    { order: 'TITLE', all: ['1', '3', '2', '5', '4'] },
  ])('pages through the same books forwards and backwards in the order $order', async ({ order, all }) => {
    const token = await service.tokenFor(READ_SCOPE)
    const walk = async (size: number, forwards: boolean) => {
      const ids: string[] = []
      for (let cursor: string | null = null; ; ) {
        const place: string = cursor === null ? '' : `, ${forwards ? 'after' : 'before'}: ${cursor}`
        const source = `{ booksConnection(${forwards ? 'first' : 'last'}: ${size}, orderBy: ${order}${place}) { edges { cursor }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
        const { edges, pageInfo } = Object((await service.graphql(source, token)).json.data).booksConnection
        const page = edges.map((edge: { cursor: string }) => edge.cursor)
        if (forwards) ids.push(...page)
        else ids.unshift(...page)
        if (!(forwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return ids
        cursor = forwards ? pageInfo.endCursor : pageInfo.startCursor
      }
    }
    for (const size of [1, 2, 3, 4, 5, 6]) {
      expect(await walk(size, true)).toEqual(all)
      expect(await walk(size, false)).toEqual(all)
    }
  })
})

test('pages/P23 queries the flags and the count once, under any number of aliases', async () => {
  const calls: string[] = []
  const books = {
    page: async () => ({ books: [], more: false }),
    exists: async (_: unknown, { from }: BookRange) => calls.push(`exists from ${from}`) > 0,
    count: async () => ({ count: calls.push('count'), isExact: true }),
  } as unknown as BookRepository
  const request = { criteria: {}, order: 'ID', from: 'start', pageSize: 1, after: 1, before: 5 } as const
  const page = await readBookPage(books, request, 100)
  for (const read of [page.hasNextPage, page.hasPreviousPage, page.totalCount, page.isTotalCountExact]) {
    await read()
    await read()
  }
  expect(calls).toEqual(['exists from start', 'exists from end', 'count'])
})
