/** What a person looks at the web through. */
export type Window = {
  /** What it is, in words. */
  readonly name: string
  /** Goes to an address. */
  open(url: string): Promise<void>
  /** Writes into the fields of the form that is shown, by their names. */
  fill(fields: Readonly<Record<string, string>>): Promise<void>
  /** Follows the link, or presses the button, that says this. */
  click(label: string): Promise<void>
  /** The heading of the page that is shown. */
  heading(): Promise<string>
  /** What the page says. */
  text(): Promise<string>
  close(): Promise<void>
}

/** One request of a page and its answer, as the window saw them. */
export type Hop = {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly location: string | undefined
}

export type SeeHop = (hop: Hop) => void
