/** Upper bounds for entries that can be stored without signing in, so that anonymous clients cannot fill the disk. */
export const MAX_STORED_ENTRIES = Object.freeze({ signIns: 10_000, unclaimedDrafts: 1_000 })

/** Lifetime of an unused session, and of any session including its tokens, in milliseconds. */
export type SessionLifetimes = { readonly idleMs: number; readonly sessionMs: number }

const MINUTE_MS = 60_000

/** Lifetimes of stored entries. */
export const STORED_LIFETIMES = Object.freeze({
  /** A pending sign-in or sign-out. */
  signInMs: 10 * MINUTE_MS,
  /** A book form that has not been submitted successfully. */
  draftMs: 60 * MINUTE_MS,
})
