import type { NavigationObserver } from './browser.ts'

/** An HTTP request that the tour sends. */
export type TourRequest = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Values that differ in every run: codes, states and ids, in queries and paths. */
const RANDOM_VALUE = /((?:code|state|nonce|code_challenge)=|\/(?:sign-in|authorize)\/)[\w-]{20,}/g
const PRINTED_HEADERS = ['www-authenticate', 'location']

/** Prints steps, requests and responses, with tokens and random values shortened. */
export class Transcript implements NavigationObserver {
  readonly #printedOrigins: Readonly<Record<string, string>>
  #redirectTarget: string | undefined

  /** @param printedOrigins the origin to print in place of each real one, whose port is random */
  constructor(printedOrigins: Readonly<Record<string, string>>) {
    this.#printedOrigins = printedOrigins
  }

  printStep(title: string): void {
    console.log(`\n# ${title}`)
  }

  printRequest({ method, url, headers, body }: TourRequest): void {
    this.#print('>', `${method} ${url}`)
    for (const [name, value] of Object.entries(headers)) this.#print('>', `${name}: ${value}`)
    if (body) this.#print('>', body)
  }

  printResponse({ status, headers }: Response, body: string): void {
    this.#print('<', String(status))
    for (const name of PRINTED_HEADERS)
      if (headers.has(name)) this.#print('<', `${name}: ${headers.get(name)}`)
    this.#print('<', body.trimEnd())
  }

  /** Prints a request of the web app to another server. */
  printServerCall(method: string, url: string, status: number): void {
    this.#print('  the web app >', `${method} ${url}`)
    this.#print('  the web app <', String(status))
  }

  onRequest(method: string, url: string): void {
    // The target of a redirect was printed with the redirect.
    if (url !== this.#redirectTarget) this.#print('>', `${method} ${url}`)
  }

  onResponse(status: number, url: string, location: string | undefined): void {
    this.#print('<', location === undefined ? String(status) : `${status} to ${location}`)
    this.#redirectTarget = location === undefined ? undefined : new URL(location, url).href
  }

  #print(prefix: string, line: string): void {
    let text = line
      .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…')
      .replace(/Basic \S+/, 'Basic …')
      .replace(RANDOM_VALUE, '$1…')
    for (const [origin, printed] of Object.entries(this.#printedOrigins))
      text = text
        .replaceAll(origin, printed)
        .replaceAll(encodeURIComponent(origin), encodeURIComponent(printed))
    console.log(`${prefix} ${text}`)
  }
}
