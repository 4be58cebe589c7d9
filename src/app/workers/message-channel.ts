import type { Clock } from '../../lib/clock.ts'

/** What the other end may be asked; what an answer throws is told by its message alone. */
export type Answers = Readonly<Record<string, (about: unknown) => unknown>>

type Options = {
  readonly answers: Answers
  readonly clock: Clock
  /** Sends to the other end; it does not throw. */
  readonly send: (message: object, failed: () => void) => void
}

type Said =
  | { readonly ask: number; readonly what: string; readonly about: unknown }
  | { readonly answer: number; readonly value: unknown; readonly fault: string | undefined }

type Waiting = {
  readonly due: number
  readonly resolve: (value: unknown) => void
  readonly reject: (fault: Error) => void
}

/** How long an answer may take when nobody says otherwise: what is asked for on the way of a request. Milliseconds. */
const ANSWER_MS = 1_000
/** How often one timer looks for questions that are overdue. */
const LOOK_MS = 250
/** The number of what waits for no answer. */
const TOLD = 0

/**
 * One end of what two processes say to each other: questions and answers over the channel between a process and its child.
 * What is said in one turn of the loop is one message: with many requests under way their questions share its cost.
 */
export class Line {
  readonly #options: Options
  readonly #waiting = new Map<number, Waiting>()
  #asked = TOLD
  #said: Said[] = []
  #looking = false
  #gone = false

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws Error when there is no answer in time, when the other end is gone, or with the message of its fault */
  ask(what: string, about?: unknown, withinMs = ANSWER_MS): Promise<unknown> {
    if (this.#gone) return Promise.reject(new Error('the other process is gone'))
    this.#asked += 1
    const id = this.#asked
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { due: this.#options.clock.monotonicNow() + withinMs, resolve, reject })
      this.#lookLater()
      this.#say({ ask: id, what, about })
    })
  }

  /** Says something, and waits for nothing. */
  tell(what: string, about?: unknown): void {
    this.#say({ ask: TOLD, what, about })
  }

  /** Takes what the process was sent; what was not said by a line is left alone. */
  hear(message: unknown): void {
    for (const one of (message as { said?: readonly Said[] } | null)?.said ?? []) this.#hearOne(one)
  }

  /** The other end is gone: who waits is told so. */
  cut(): void {
    this.#gone = true
    this.#failAll()
  }

  #hearOne(one: Said): void {
    if ('ask' in one) return void this.#answer(one.ask, one.what, one.about)
    const asked = this.#waiting.get(one.answer)
    this.#waiting.delete(one.answer)
    if (one.fault === undefined) asked?.resolve(one.value)
    else asked?.reject(new Error(one.fault))
  }

  async #answer(id: number, what: string, about: unknown): Promise<void> {
    let [value, fault]: [unknown, string | undefined] = [undefined, undefined]
    try {
      value = await this.#options.answers[what]?.(about)
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
    }
    if (id !== TOLD) this.#say({ answer: id, value, fault })
  }

  #say(one: Said): void {
    if (this.#gone) return
    this.#said.push(one)
    if (this.#said.length === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const message = { said: this.#said }
    this.#said = []
    this.#options.send(message, () => this.#failAll())
  }

  #failAll(): void {
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of all) reject(new Error('the other process is gone'))
  }

  #lookLater(): void {
    if (this.#looking) return
    this.#looking = true
    this.#options.clock.schedule(LOOK_MS, () => this.#look())
  }

  #look(): void {
    this.#looking = false
    const now = this.#options.clock.monotonicNow()
    for (const [id, { due, reject }] of this.#waiting) {
      if (due > now) continue
      this.#waiting.delete(id)
      reject(new Error('the other process did not answer in time'))
    }
    if (this.#waiting.size > 0) this.#lookLater()
  }
}
