/** What a person looks at the web through. */
export type Browser = {
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

/** Told of each request for a page, and of its answer. */
export type NavigationObserver = {
  onRequest(method: string, url: string): void
  onResponse(status: number, url: string, location: string | undefined): void
}
