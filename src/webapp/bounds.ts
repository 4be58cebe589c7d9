/** What anybody can have kept without signing in is bounded: a stranger who asks all day fills no disk. */
export const MOST = Object.freeze({ signIns: 10_000, strayDrafts: 1_000 })

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long things last, milliseconds. */
export const LIVES = Object.freeze({
  /** A session that nobody uses. */
  idle: 2 * HOUR,
  /** Any session, and the tokens that belong to it. */
  session: 12 * HOUR,
  /** A sign-in under way, and a sign-out. */
  signIn: 10 * MINUTE,
  /** A book that is being written down. */
  draft: HOUR,
})
