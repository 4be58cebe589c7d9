/**
 * `npm run bench [-- tables|goals|profile] [--rounds 5 --seconds 3 --connections 16 --servers ours,mercurius --rows book,page]`: our
 * server beside its peers, turn by turn. `tables`, which is done where nothing is said, has one for each row; `goals` says
 * which goals are met, `profile` where a request's time goes. The report goes to stdout as Markdown, all else to stderr. Exit status: 0 measured, 1 failed or a
 * wrong answer, 2 wrong usage. Linux alone.
 */
import { runBench, tell } from './frame.ts'
import { type Options, readOptions } from './options.ts'

/** Measures, and returns the report. */
type Command = (options: Options, tell: (line: string) => void) => Promise<string>

/** The first word of the command line chooses. They are imported late: what they need is installed before. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  tables: async () => (await import('./tables.ts')).tables,
  goals: async () => (await import('./goals/goals.ts')).goals,
  profile: async () => (await import('./profile/profile.ts')).profile,
}

await runBench(
  (argv) => readOptions(argv, Object.keys(COMMANDS)),
  async (options) => {
    const command = await COMMANDS[options.command]?.()
    if (command !== undefined) process.stdout.write(`${await command(options, tell)}\n`)
  },
)
