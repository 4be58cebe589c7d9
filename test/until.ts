const TRIES = 10_000

/** Looks again and again at what another part brings about in its own time. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < TRIES; i++) if (await holds()) return
  throw new Error('it did not come about')
}
