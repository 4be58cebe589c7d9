/** What the web app keeps outside its memory, for a while, each by a secret key: what it needs of whoever keeps it. */
export type Room<Value> = {
  /** For so many milliseconds, and if its end is put off, for `mostMs` at most. */
  set(key: string, value: Value, lifeMs: number, mostMs?: number): Promise<void>
  get(key: string): Promise<Value | undefined>
  /** Reads and deletes in one step: of many who ask, one gets it. */
  take(key: string): Promise<Value | undefined>
  /** @returns whether there was one */
  replace(key: string, value: Value): Promise<boolean>
  prolong(key: string, lifeMs: number): Promise<void>
  delete(key: string): Promise<void>
}

/** Rooms by their names; of a room that has a bound, about so many things are kept, the newest. */
export type Rooms = { room<Value>(name: string, most?: number): Room<Value> }

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
