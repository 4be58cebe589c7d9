/** What is kept. Money is whole cents; moments are RFC 3339 text in UTC, or milliseconds since 1970. */
export type Tables = {
  books: {
    id: number
    title: string
    author: string
    cents: number
    num_pages: number
    added_by: string
    added_at: string
    /** The title's words with a space between, as they are searched by. */
    words: string
  }
  /** What expires: sessions and the like, readable only with the key that each was kept under. */
  keep: {
    id: string
    sealed: string
    expires_at: number
    /** To when the end can be put off at most. */
    ends_at: number
    /** What kind of thing it is: so that one kind can be bounded. */
    room: string
  }
  /** What was written under a client's key: so that it is written once, however often it is sent. */
  idempotency: {
    client_id: string
    key: string
    /** Which write of the request it was; empty for one book's own key. */
    part: string
    request_hash: string
    /** The ids of the books that were added, with spaces between. */
    book_ids: string
    kept_until: number
  }
}
