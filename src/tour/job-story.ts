import { EMBEDDED_JOB_CLIENT } from '../authorization-server/clients-and-users.ts'
import { expectStep, TourError, type TourRequest, type TourServers, type Transcript } from './transcript.ts'

type JsonResponse = { readonly headers: Headers; readonly json: Readonly<Record<string, unknown>> }

const JSON_BODY = { 'content-type': 'application/json' }
const BOOK = {
  id: 6,
  title: 'And Then There Were None',
  author: 'Woziek Schezcny',
  cost: 7.99,
  num_pages: 300,
}

/** Shows a job that reads books, is denied a write, requests the missing scope and writes. */
export async function runJobStory(transcript: Transcript, { api, issuer }: TourServers): Promise<void> {
  async function send(request: TourRequest, expectedStatus: number): Promise<JsonResponse> {
    transcript.printRequest(request)
    const response = await fetch(request.url, request)
    const text = await response.text()
    transcript.printResponse(response, text)
    if (response.status !== expectedStatus)
      throw new TourError(`Expected status ${expectedStatus} but got ${response.status}.`)
    return { headers: response.headers, json: JSON.parse(text) }
  }

  const { id, secret } = EMBEDDED_JOB_CLIENT
  const credentials = Buffer.from(`${id}:${secret}`).toString('base64')
  const requestToken = (scope: string, expectedStatus: number) => {
    const headers = {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope }).toString()
    return send({ method: 'POST', url: `${issuer}/v1/token`, headers, body }, expectedStatus)
  }
  const bearer = (token: JsonResponse) => ({ authorization: `Bearer ${token.json.access_token}` })
  const getBook = (id: number, token: JsonResponse) =>
    send({ method: 'GET', url: `${api}/books/${id}`, headers: bearer(token) }, 200)
  const post = (path: string, body: object, token: JsonResponse, expectedStatus: number) => {
    const headers = { ...JSON_BODY, ...bearer(token) }
    return send({ method: 'POST', url: api + path, headers, body: JSON.stringify(body) }, expectedStatus)
  }

  transcript.printStep('The job requests a token with the read scope.')
  const readToken = await requestToken('fakebookapi.read', 200)

  transcript.printStep('It reads book 1 with GraphQL and with REST.')
  await post('/graphql', { query: '{ book(id: 1) { id title author cost numPages } }' }, readToken, 200)
  const book = await getBook(1, readToken)
  expectStep(book.json.title === BOOK.title, `the title of book 1 is ${BOOK.title}`)

  transcript.printStep(
    'It tries to add a book. The API rejects the request before any resolver runs, and the challenge names the missing scope.',
  )
  const denied = await post('/books', BOOK, readToken, 403)
  const missingScope = /scope="([^"]+)"/.exec(denied.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  expectStep(missingScope === 'fakebookapi.admin', 'the challenge names fakebookapi.admin')

  transcript.printStep('It requests a token that also has the scope from the challenge, and adds book 6.')
  const writeToken = await requestToken(`fakebookapi.read ${missingScope}`, 200)
  await post('/books', BOOK, writeToken, 201)
  await getBook(6, writeToken)

  transcript.printStep('It requests openid, which the authorization server does not grant without a user.')
  const rejected = await requestToken('openid', 400)
  expectStep(rejected.json.error === 'invalid_scope', 'the error is invalid_scope')
}
