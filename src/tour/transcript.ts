export type TourServers = Readonly<Record<'api' | 'issuer' | 'webapp', string>>

export type TourRequest = {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An unexpected result of a step of the tour. */
export class TourError extends Error {
  override readonly name = 'TourError'
}

/** @throws TourError if the condition is false */
export function expectStep(condition: boolean, description: string): void {
  if (!condition) throw new TourError(`Expected: ${description}.`)
}

export type Transcript = ReturnType<typeof createTranscript>

/** Values that differ in every run: codes, states and ids, in queries and paths. */
const RANDOM_VALUE = /((?:code|state|nonce|code_challenge)=|\/(?:sign-in|authorize)\/)[\w-]{20,}/g
const PRINTED_HEADERS = ['www-authenticate', 'location']

/**
 * Creates functions that print steps, requests and responses, with tokens and random values shortened.
 * @param printedOrigins the origin to print in place of each real one, whose port is random
 */
export function createTranscript(printedOrigins: Readonly<Record<string, string>>) {
  function print(prefix: string, line: string): void {
    let text = line
      // First, since they can contain what begins a token.
      .replace(RANDOM_VALUE, '$1…')
      .replace(/eyJ[\w.-]+/g, 'eyJ…')
      .replace(/Basic \S+/, 'Basic …')
    for (const [origin, printed] of Object.entries(printedOrigins))
      text = text
        .replaceAll(origin, printed)
        .replaceAll(encodeURIComponent(origin), encodeURIComponent(printed))
    console.log(`${prefix} ${text}`)
  }

  return {
    printStep: (title: string) => console.log(`\n# ${title}`),

    printRequest({ method, url, headers = {}, body }: TourRequest): void {
      print('>', `${method} ${url}`)
      for (const [name, value] of Object.entries(headers)) print('>', `${name}: ${value}`)
      if (body) print('>', body)
    },

    printResponse({ status, headers }: Response, body: string): void {
      print('<', String(status))
      for (const name of PRINTED_HEADERS) if (headers.has(name)) print('<', `${name}: ${headers.get(name)}`)
      print('<', body.trimEnd())
    },

    /** Prints the response to a request of the browser, without its page. */
    printNavigation: (status: number, location: string | null) =>
      print('<', location === null ? String(status) : `${status} to ${location}`),

    /** Prints a request of the web app to another server. */
    printServerCall(method: string, url: string, status: number): void {
      print('  the web app >', `${method} ${url}`)
      print('  the web app <', String(status))
    },
  }
}
