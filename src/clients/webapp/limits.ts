/** What anybody can have kept without signing in is bounded: a stranger who asks all day fills no disk. */
export const MAX_STORED_ENTRIES = Object.freeze({ signIns: 10_000, unclaimedDrafts: 1_000 })

/** How long a session lasts that nobody uses, and any session with the tokens that belong to it; milliseconds. */
export type SessionLifetimes = { readonly idleMs: number; readonly sessionMs: number }

const MINUTE = 60_000

/** How long things last, milliseconds. */
export const STORED_LIFETIMES = Object.freeze({
  /** A sign-in under way, and a sign-out. */
  signInMs: 10 * MINUTE,
  /** A book that is being written down. */
  draftMs: 60 * MINUTE,
})
