import { type BenchFixture, createBenchFixture } from '../support/bench-fixture.ts'

export interface StoreOptions {
  /** Size of the run; the documented one by default. */
  readonly count?: number
  readonly seed: number
}

type StoreBench = (fixture: BenchFixture, options: StoreOptions) => Promise<boolean>

const BENCHES: Readonly<Record<string, () => Promise<StoreBench>>> = {
  growth: async () => (await import('./growth.ts')).benchGrowth,
  import: async () => (await import('./import.ts')).benchImport,
  crash: async () => (await import('./crash.ts')).benchCrash,
  race: async () => (await import('./race.ts')).benchRace,
}

/** Prints the figures of one bench of the database code. @returns whether its goal is met */
export async function runStore(kind: string, options: StoreOptions): Promise<boolean> {
  const bench = await BENCHES[kind]?.()
  if (!bench) throw new RangeError(`There is no store bench ${kind}`)
  const fixture = await createBenchFixture()
  try {
    return await bench(fixture, options)
  } finally {
    await fixture.close()
  }
}
