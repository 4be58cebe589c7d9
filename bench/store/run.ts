import { createStoreFixture, type StoreFixture, type StoreOptions } from './fixture.ts'

type StoreBench = (fixture: StoreFixture, options: StoreOptions) => Promise<boolean>

const BENCHES: Readonly<Record<string, () => Promise<StoreBench>>> = {
  growth: async () => (await import('./growth.ts')).benchGrowth,
  import: async () => (await import('./import.ts')).benchImport,
  crash: async () => (await import('./crash.ts')).benchCrash,
  sweep: async () => (await import('./sweep.ts')).benchSweep,
  race: async () => (await import('./race.ts')).benchRace,
}

/** Prints the figures of one bench of the database code. @returns whether its goal is met */
export async function runStore(kind: string, options: StoreOptions): Promise<boolean> {
  const bench = await BENCHES[kind]?.()
  if (!bench) throw new RangeError(`There is no store bench ${kind}`)
  const fixture = await createStoreFixture()
  try {
    return await bench(fixture, options)
  } finally {
    await fixture.close()
  }
}
