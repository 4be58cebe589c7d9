/** The browser actions that the tour needs. */
export type Browser = {
  /** A description for the transcript. */
  readonly name: string
  open(url: string): Promise<void>
  /** Fills in the fields of the page's form, by their names. */
  fill(fields: Readonly<Record<string, string>>): Promise<void>
  /** Clicks the button or link with this label and waits for the next page. */
  click(label: string): Promise<void>
  /** Returns the text of the page's `h1`. */
  heading(): Promise<string>
  /** Returns the text of the page. */
  text(): Promise<string>
  close(): Promise<void>
}

/** Receives every request for a page, redirects included, and its response. */
export type NavigationObserver = {
  onRequest(method: string, url: string): void
  onResponse(status: number, url: string, location: string | undefined): void
}
