// A denial of an operation that was denied before is not passed to Apollo Server: each caller must still get its own answer.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ADMIN_SCOPE, READ_SCOPE, type Service, startService } from '../support/service.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.close())

const SECRET = 'query Q($v: Boolean!) { book(id: 1) { title addedBy @include(if: $v) } }'
const SEVERAL = '{ a: book(id: 1) { addedBy } b: book(id: 2) { addedAt } }'
const TWO = 'query One { book(id: 1) { addedBy } } query Two { book(id: 1) { title } }'

type Answer = readonly [status: number, result: RegExp]
type Sent = {
  readonly scopes: readonly string[]
  readonly variables?: object
  readonly operationName?: string
  readonly prefer?: string
  readonly accept?: string
  readonly answer: Answer
}
type RepeatedCase = {
  readonly id: string
  readonly title: string
  readonly query: string
  readonly requests: readonly Sent[]
}

const READER = { scopes: [READ_SCOPE] }
const ADMIN = { scopes: [READ_SCOPE, ADMIN_SCOPE] }
const DENIED: Answer = [403, /^\{"errors":\[\{.*"code":"FORBIDDEN","coordinate":"Book\.addedBy"/]
const ONE_TITLE: Answer = [200, /^\{"data":\{"book":\{"title":"[^"]*"\}\}\}\n$/]

const CASES: readonly RepeatedCase[] = [
  {
    id: 'repeated-denials/Q01',
    title: 'depends on the variables of each request',
    query: SECRET,
    requests: [
      { ...READER, variables: { v: true }, answer: DENIED },
      { ...READER, variables: { v: true }, answer: DENIED },
      { ...READER, variables: { v: false }, answer: ONE_TITLE },
      { ...READER, variables: { v: true }, answer: DENIED },
    ],
  },
  {
    id: 'repeated-denials/Q02',
    title: 'depends on the scopes of each caller',
    query: SECRET,
    requests: [
      { ...READER, variables: { v: true }, answer: DENIED },
      { ...ADMIN, variables: { v: true }, answer: [200, /"addedBy":"fakebook"/] },
      { scopes: [ADMIN_SCOPE], variables: { v: true }, answer: [403, /"Query\.book"/] },
      { scopes: [], variables: { v: true }, answer: [401, /UNAUTHENTICATED/] },
      { ...READER, variables: { v: true }, answer: DENIED },
    ],
  },
  {
    id: 'repeated-denials/Q03',
    title: 'has one error for each denied coordinate',
    query: SEVERAL,
    requests: Array<Sent>(3).fill({
      ...READER,
      answer: [403, /"Book\.addedBy".*\},\{.*"Book\.addedAt"/],
    }),
  },
  {
    id: 'repeated-denials/Q04',
    title: 'is of one operation, and not of the others in its document',
    query: TWO,
    requests: [
      { ...READER, operationName: 'One', answer: DENIED },
      { ...READER, operationName: 'One', answer: DENIED },
      { ...READER, operationName: 'Two', answer: ONE_TITLE },
      { ...READER, operationName: 'Three', answer: [400, /Unknown operation named/] },
      { ...READER, answer: [400, /Must provide operation name/] },
    ],
  },
  {
    id: 'repeated-denials/Q05',
    title: 'does not apply to a request with lenient handling',
    query: SECRET,
    requests: [
      { ...READER, variables: { v: true }, answer: DENIED },
      { ...READER, variables: { v: true }, prefer: 'handling=lenient', answer: [200, /"addedBy":null/] },
      { ...READER, variables: { v: true }, answer: DENIED },
    ],
  },
  {
    id: 'repeated-denials/Q06',
    title: 'has the status of its media type',
    query: SECRET,
    requests: Array<Sent>(3).fill({
      ...READER,
      variables: { v: true },
      accept: 'application/graphql-response+json',
      answer: DENIED,
    }),
  },
]

test.each(CASES)('$id $title', async ({ query, requests }) => {
  for (const { scopes, variables, operationName, prefer, accept, answer } of requests) {
    const authorization = scopes.length > 0 && `Bearer ${await service.tokenFor(...scopes)}`
    const { status, text } = await service.send(`${service.apiUrl}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query, variables, operationName }),
      headers: {
        'content-type': 'application/json',
        accept: accept ?? 'application/json',
        ...(authorization && { authorization }),
        ...(prefer !== undefined && { prefer }),
      },
    })
    expect(text).toMatch(answer[1])
    expect(status).toBe(answer[0])
  }
})
