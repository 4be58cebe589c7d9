import { expectStep, sendTourRequest, type TourResponse } from './tour-client.ts'
import type { Transcript } from './transcript.ts'

type Environment = {
  readonly api: string
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
}

const JSON_BODY = { 'content-type': 'application/json' }
const BOOK = {
  id: 6,
  title: 'And Then There Were None',
  author: 'Woziek Schezcny',
  cost: 7.99,
  num_pages: 300,
}

/** Shows a job that reads books, is denied a write, requests the missing scope and writes. */
export async function runJobStory(
  transcript: Transcript,
  { api, issuer, client }: Environment,
): Promise<void> {
  const requestToken = (scope: string, expectedStatus: number) =>
    sendTourRequest(
      transcript,
      {
        method: 'POST',
        url: `${issuer}/v1/token`,
        headers: {
          authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: `grant_type=client_credentials&scope=${encodeURIComponent(scope).replaceAll('%20', '+')}`,
      },
      expectedStatus,
    )
  const bearer = ({ json }: TourResponse) => ({
    authorization: `Bearer ${(json as { access_token: string }).access_token}`,
  })
  const getBook = (id: number, token: TourResponse) =>
    sendTourRequest(transcript, { method: 'GET', url: `${api}/books/${id}`, headers: bearer(token) }, 200)
  const addBook = (token: TourResponse, expectedStatus: number) =>
    sendTourRequest(
      transcript,
      {
        method: 'POST',
        url: `${api}/books`,
        headers: { ...JSON_BODY, ...bearer(token) },
        body: JSON.stringify(BOOK),
      },
      expectedStatus,
    )

  transcript.printStep('The job requests a token with the read scope.')
  const readToken = await requestToken('fakebookapi.read', 200)

  transcript.printStep('It reads book 1 with GraphQL and with REST.')
  await sendTourRequest(
    transcript,
    {
      method: 'POST',
      url: `${api}/graphql`,
      headers: { ...JSON_BODY, ...bearer(readToken) },
      body: JSON.stringify({ query: '{ book(id: 1) { id title author cost numPages } }' }),
    },
    200,
  )
  const book = await getBook(1, readToken)
  expectStep((book.json as { title?: string }).title === BOOK.title, `the title of book 1 is ${BOOK.title}`)

  transcript.printStep(
    'It tries to add a book. The API rejects the request before any resolver runs, and the challenge names the missing scope.',
  )
  const denied = await addBook(readToken, 403)
  const missingScope = /scope="([^"]+)"/.exec(denied.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  expectStep(missingScope === 'fakebookapi.admin', 'the challenge names fakebookapi.admin')

  transcript.printStep('It requests a token that also has the scope from the challenge, and adds book 6.')
  const writeToken = await requestToken(`fakebookapi.read ${missingScope}`, 200)
  await addBook(writeToken, 201)
  await getBook(6, writeToken)

  transcript.printStep('It requests openid, which the authorization server does not grant without a user.')
  const rejected = await requestToken('openid', 400)
  expectStep((rejected.json as { error?: string }).error === 'invalid_scope', 'the error is invalid_scope')
}
