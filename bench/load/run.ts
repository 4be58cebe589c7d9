/**
 * `npm run bench:load -- overload|slow`: what is promised of the server under too much load, each as a short table in
 * Markdown. Exit status: 0 the goal is met, 1 it is missed, or something failed, 2 wrong usage. The generator shares the
 * machine's cores with the server, and says what it took of them.
 */
import { onStage, type Stage } from './stage.ts'

/** @returns whether the goal is met */
type Bench = (stage: Stage) => Promise<boolean>

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  overload: async () => (await import('./overload.ts')).benchOverload,
  slow: async () => (await import('./slow.ts')).benchSlow,
}

const load = BENCHES[process.argv[2] ?? '']
if (!load || process.argv.length > 3) {
  console.error(`usage: npm run bench:load -- ${Object.keys(BENCHES).join('|')}`)
  process.exit(2)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const met = await onStage(await load())
console.log(met ? '\nThe goal is met.' : '\nThe goal is missed.')
process.exit(met ? 0 : 1)
