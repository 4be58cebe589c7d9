import type { NavigationObserver } from './browser.ts'

/** A step that went otherwise than told. */
export class StoryError extends Error {}

type Request = {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string
}
export type StoryResponse = { readonly status: number; readonly headers: Headers; readonly json: unknown }

/** What is made up for one sign-in, in a query or a path. */
const ONCE = /((?:code|state|nonce|code_challenge)=|\/(?:sign-in|authorize)\/)[\w-]{20,}/g

/** Sends real requests and prints them and their answers, tokens shortened; ports are printed as the standard ones. */
export class Narrator implements NavigationObserver {
  readonly #names: Readonly<Record<string, string>>
  #next: string | undefined

  constructor(names: Readonly<Record<string, string>>) {
    this.#names = names
  }

  printStep(words: string): void {
    console.log(`\n# ${words}`)
  }

  /** @throws StoryError when the status is another one */
  async sendRequest({ method, url, headers, body }: Request, expected: number): Promise<StoryResponse> {
    this.#print('>', `${method} ${url}`)
    for (const [name, value] of Object.entries(headers)) this.#print('>', `${name}: ${value}`)
    if (body) this.#print('>', body)
    const response = await fetch(url, { method, headers, ...(body && { body }) })
    const text = await response.text()
    this.#print('<', String(response.status))
    for (const name of ['www-authenticate', 'location'])
      if (response.headers.has(name)) this.#print('<', `${name}: ${response.headers.get(name)}`)
    this.#print('<', text)
    if (response.status !== expected)
      throw new StoryError(`Here ${expected} was to come, and ${response.status} came.`)
    return { status: response.status, headers: response.headers, json: JSON.parse(text) }
  }

  /** What a person's window asks for. */
  onRequest(method: string, url: string): void {
    // Where a redirect led was printed with it.
    if (url !== this.#next) this.#print('>', `${method} ${url}`)
  }

  onResponse(status: number, url: string, location: string | undefined): void {
    this.#print('<', location === undefined ? String(status) : `${status} to ${location}`)
    this.#next = location === undefined ? undefined : new URL(location, url).href
  }

  /** What one server asked another. */
  printServerCall(method: string, url: string, status: number): void {
    this.#print('  the web app >', `${method} ${url}`)
    this.#print('  the web app <', String(status))
  }

  /** @throws StoryError when it is not so */
  expect(isTrue: boolean, words: string): void {
    if (!isTrue) throw new StoryError(`This was to be so: ${words}`)
  }

  #print(mark: string, line: string): void {
    let text = line
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…')
      .replace(/Basic \S+/, 'Basic …')
      .replace(ONCE, '$1…')
    for (const [real, name] of Object.entries(this.#names))
      text = text.replaceAll(real, name).replaceAll(encodeURIComponent(real), encodeURIComponent(name))
    console.log(`${mark} ${text}`)
  }
}
