import type { Command } from 'commander'
import { formatExamples } from './help.ts'
import type { DoctorOptions } from './run-doctor.ts'

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('diagnoses an Okta set-up: what is wrong, how to fix it, and where in the Okta console')
    .option('--json', 'prints JSON')
    .option('--token [-]', 'explains the access token on standard input and says whether the API accepts it')
    .option('--verbose', 'lists the skipped checks')
    // Rejected by runDoctor, because Commander's error would print the argument, which may be a token.
    .allowExcessArguments()
    .addHelpText('after', formatExamples('doctor', 'doctor -- --token < token.txt'))
    .action(async (options: DoctorOptions, { args }: Command) => {
      const { runDoctor } = await import('./run-doctor.ts')
      process.exitCode = await runDoctor(args, options)
    })
}
