import type { Narrator, StoryResponse } from './narrator.ts'

type Place = {
  readonly api: string
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
}

const BOOK = {
  id: 6,
  title: 'And Then There Were None',
  author: 'Woziek Schezcny',
  cost: 7.99,
  num_pages: 300,
}

/** A job reads, is refused a write, asks for more and writes. */
export async function tellJobStory(narrator: Narrator, { api, issuer, client }: Place): Promise<void> {
  const token = (scope: string, expected = 200) =>
    narrator.sendRequest(
      {
        method: 'POST',
        url: `${issuer}/v1/token`,
        headers: {
          authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: `grant_type=client_credentials&scope=${encodeURIComponent(scope).replaceAll('%20', '+')}`,
      },
      expected,
    )
  const bearer = (told: StoryResponse) => ({
    authorization: `Bearer ${(told.json as { access_token: string }).access_token}`,
  })
  const json = { 'content-type': 'application/json' }
  const write = (by: StoryResponse, expected: number) =>
    narrator.sendRequest(
      {
        method: 'POST',
        url: `${api}/books`,
        headers: { ...json, ...bearer(by) },
        body: JSON.stringify(BOOK),
      },
      expected,
    )

  narrator.printStep('The job gets a token that may read.')
  const reader = await token('fakebookapi.read')

  narrator.printStep('It reads book 1, through GraphQL and through REST.')
  const body = JSON.stringify({ query: '{ book(id: 1) { id title author cost numPages } }' })
  await narrator.sendRequest(
    { method: 'POST', url: `${api}/graphql`, headers: { ...json, ...bearer(reader) }, body },
    200,
  )
  const read = await narrator.sendRequest(
    { method: 'GET', url: `${api}/books/1`, headers: bearer(reader) },
    200,
  )
  narrator.expect(
    (read.json as { title?: string }).title === BOOK.title,
    'book 1 is And Then There Were None',
  )

  narrator.printStep('It may not write: nothing has run, and the challenge says what to ask for.')
  const refused = await write(reader, 403)
  const needed = /scope="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  narrator.expect(needed === 'fakebookapi.admin', 'the challenge names fakebookapi.admin')

  narrator.printStep(
    'It asks for a token with what the challenge named beside what it had, and writes book 6.',
  )
  const writer = await token(`fakebookapi.read ${needed}`)
  await write(writer, 201)
  await narrator.sendRequest({ method: 'GET', url: `${api}/books/6`, headers: bearer(writer) }, 200)

  narrator.printStep('openid is for people: the authorization server refuses it to a job.')
  const openid = await token('openid', 400)
  narrator.expect(
    (openid.json as { error?: string }).error === 'invalid_scope',
    'openid is an invalid scope here',
  )
}
