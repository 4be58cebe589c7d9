/**
 * `npm run bench:store -- growth|import|crash|cut|race|costs [--count N] [--seed N]`: what is promised of the store, each
 * as a short table in Markdown. Exit status: 0 the goal is met, 1 it is missed, or something failed, 2 wrong usage. Linux,
 * with a PostgreSQL where databases may be made (TEST_POSTGRES) and its psql.
 */
import { parseArgs } from 'node:util'
import { onStage, type Stage } from './stage.ts'

export type BenchOptions = {
  /** How much of it; undefined: all that is promised. */
  readonly count: number | undefined
  /** What chance begins with. */
  readonly seed: number
}

/** @returns whether the goal is met */
type Bench = (stage: Stage, options: BenchOptions) => Promise<boolean>

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  growth: async () => (await import('./growth.ts')).benchGrowth,
  import: async () => (await import('./import.ts')).benchImport,
  crash: async () => (await import('./crash.ts')).benchCrash,
  cut: async () => (await import('./cut.ts')).benchCut,
  race: async () => (await import('./race.ts')).benchRace,
  costs: async () => (await import('./costs.ts')).benchCosts,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string' }, seed: { type: 'string', default: '1' } },
})
const load = BENCHES[positionals[0] ?? '']
if (!load) {
  console.error(`usage: npm run bench:store -- ${Object.keys(BENCHES).join('|')} [--count N] [--seed N]`)
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const bench = await load()
const count = values.count === undefined ? undefined : Number(values.count)
const met = await onStage((stage) => bench(stage, { count, seed: Number(values.seed) }))
console.log(met ? '\nThe goal is met.' : '\nThe goal is missed.')
process.exit(met ? 0 : 1)
