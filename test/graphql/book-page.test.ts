import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeEachDatabase } from '../support/databases.ts'
import { READ_SCOPE, type Service, startService } from '../support/service.ts'

describeEachDatabase((newDatabase) => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ DATABASE_URL: await newDatabase() })
  })
  afterAll(() => service.close())

  /** Arguments, the ids that come, whether there are books behind and before, and what the filter counts. */
  const PAGES: readonly (readonly [string, string, string[], boolean, boolean, number])[] = [
    ['P01', '(last: 2)', ['4', '5'], false, true, 5],
    ['P02', '(last: 2, before: 4)', ['2', '3'], true, true, 5],
    ['P03', '(last: 2, before: 3)', ['1', '2'], true, false, 5],
    ['P04', '(last: 2, before: 1)', [], true, false, 5],
    ['P05', '(first: 2, after: 3)', ['4', '5'], false, true, 5],
    ['P06', '(first: 2, after: 5)', [], false, true, 5],
    ['P07', '(first: 1, after: 1, before: 4)', ['2'], true, true, 5],
    ['P08', '(last: 1, after: 1, before: 4)', ['3'], true, true, 5],
    ['P09', '(after: 1, before: 4)', ['2', '3'], true, true, 5],
    ['P10', '(first: 5)', ['1', '2', '3', '4', '5'], false, false, 5],
    ['P11', '(last: 1, filter: { author: "Agatha Christie" })', ['4'], false, true, 2],
    ['P12', '(last: 1, before: 4, filter: { author: "Agatha Christie" })', ['1'], true, false, 2],
    ['P13', '(last: 1, before: 9007199254740991, filter: { title: "the" })', ['5'], false, true, 4],
    ['P14', '(first: null, last: 1)', ['5'], false, true, 5],
  ]
  test.each(PAGES)('%s booksConnection%s', async (_, args, ids, next, previous, totalCount) => {
    const source = `{ booksConnection${args} { edges { node { id } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
    expect((await service.graphql(source, await service.tokenFor(READ_SCOPE))).json).toEqual({
      data: {
        booksConnection: {
          edges: ids.map((id) => ({ node: { id } })),
          totalCount,
          pageInfo: {
            hasNextPage: next,
            hasPreviousPage: previous,
            startCursor: ids[0] ?? null,
            endCursor: ids.at(-1) ?? null,
          },
        },
      },
    })
  })

  test.each([
    ['P20', '(first: 1, last: 1)', 'last'],
    ['P21', '(last: 101)', 'last'],
    ['P22', '(last: 1, before: "x")', 'before'],
  ])('%s booksConnection%s is refused and named', async (_, args, argument) => {
    const { json } = await service.graphql(
      `{ booksConnection${args} { totalCount } }`,
      await service.tokenFor(READ_SCOPE),
    )
    expect(json.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument })
  })

  test('pages forwards and backwards are the same books', async () => {
    const token = await service.tokenFor(READ_SCOPE)
    const walk = async (size: number, forwards: boolean) => {
      const ids: string[] = []
      for (let cursor: string | null = null; ; ) {
        const place: string = cursor === null ? '' : `, ${forwards ? 'after' : 'before'}: ${cursor}`
        const source = `{ booksConnection(${forwards ? 'first' : 'last'}: ${size}${place}) { edges { cursor }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
        const { edges, pageInfo } = Object((await service.graphql(source, token)).json.data).booksConnection
        const page = edges.map((edge: { cursor: string }) => edge.cursor)
        if (forwards) ids.push(...page)
        else ids.unshift(...page)
        if (!(forwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return ids
        cursor = forwards ? pageInfo.endCursor : pageInfo.startCursor
      }
    }
    const all = ['1', '2', '3', '4', '5']
    for (const size of [1, 2, 3, 4, 5, 6]) {
      expect(await walk(size, true)).toEqual(all)
      expect(await walk(size, false)).toEqual(all)
    }
  })
})
