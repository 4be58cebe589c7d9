import { createDoctorSetup } from '../app/doctor-setup.ts'
import { ISSUER_RULE } from '../app/required-settings.ts'
import { InvalidSettingsError, loadConfig } from '../config/config.ts'
import { explainToken, MAX_TOKEN_INPUT_LENGTH } from '../doctor/explain-token.ts'
import type { ReportLine } from '../doctor/run-checks.ts'
import { reportInvalidSettings, runSetupChecks } from '../doctor/setup-checks.ts'
import { ExitError } from '../errors/exit-error.ts'
import { formatReport } from './format-report.ts'

export type DoctorOptions = {
  readonly json?: boolean
  readonly verbose?: boolean
  readonly token?: boolean | string
}

/**
 * Checks the set-up, or explains a token from standard input, and prints the report.
 * @param extraArguments arguments of the command, which takes none
 * @returns the exit status: 0 no problems, 1 problems, 2 invalid settings
 * @throws ExitError for an argument, which it does not repeat, since it may be a token
 */
export async function runDoctor(
  extraArguments: readonly string[],
  { json = false, verbose = false, token = false }: DoctorOptions,
): Promise<number> {
  const width = process.stdout.columns || undefined
  const print = (lines: readonly ReportLine[]) =>
    console.log(json ? JSON.stringify(lines, null, 2) : formatReport(lines, { verbose, width }))
  if (extraArguments.length > 0 || (typeof token === 'string' && token !== '-'))
    throw new ExitError(
      'doctor takes no arguments. Pass a token on standard input, for example "npm run doctor -- --token < file": an argument stays in the shell history and in the process list. If the argument was a token, let it expire or revoke it.',
      2,
    )
  try {
    const setup = createDoctorSetup(loadConfig([ISSUER_RULE]))
    const lines =
      token === false
        ? await runSetupChecks(setup)
        : await explainToken(await readTokenInput(process.stdin), setup)
    print(lines)
    return lines.some(({ status }) => status === 'failed') ? 1 : 0
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error
    print(reportInvalidSettings(error.messages))
    return 2
  }
}

/** Reads standard input to its end, to the first line on a terminal, or until it is longer than any token. */
async function readTokenInput(input: NodeJS.ReadStream): Promise<string> {
  if (input.isTTY) console.error('Paste the token and press Enter.')
  let text = ''
  for await (const chunk of input.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_TOKEN_INPUT_LENGTH || (input.isTTY && text.includes('\n'))) break
  }
  return text
}
