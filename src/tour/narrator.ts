/** A step that went otherwise than told. */
export class StoryFault extends Error {}

type Request = {
  readonly method: string
  readonly url: string
  readonly headers: Record<string, string>
  readonly body?: string
}
export type Told = { readonly status: number; readonly headers: Headers; readonly json: unknown }

/** Sends real requests and prints them and their answers, tokens shortened; ports are printed as the standard ones. */
export class Narrator {
  readonly #names: Readonly<Record<string, string>>

  constructor(names: Readonly<Record<string, string>>) {
    this.#names = names
  }

  say(words: string): void {
    console.log(`\n# ${words}`)
  }

  /** @throws StoryFault when the status is another one */
  async send({ method, url, headers, body }: Request, expected: number): Promise<Told> {
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
      throw new StoryFault(`Here ${expected} was to come, and ${response.status} came.`)
    return { status: response.status, headers: response.headers, json: JSON.parse(text) }
  }

  /** @throws StoryFault when it is not so */
  expect(so: boolean, words: string): void {
    if (!so) throw new StoryFault(`This was to be so: ${words}`)
  }

  #print(mark: string, line: string): void {
    let text = line.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'eyJ…').replace(/Basic \S+/, 'Basic …')
    for (const [real, name] of Object.entries(this.#names)) text = text.replaceAll(real, name)
    console.log(`${mark} ${text}`)
  }
}
