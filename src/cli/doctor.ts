import { createServerChecks } from '../app/doctor-server-checks.ts'
import { createDoctorSetup } from '../app/doctor-setup.ts'
import { type Config, InvalidSettingsError, loadConfig } from '../config/config.ts'
import { reportInvalidSettings, runSetupChecks } from '../doctor/check-setup.ts'
import { explainToken } from '../doctor/explain-token.ts'
import { computeExitStatus, createColorize, formatReport } from '../doctor/format-report.ts'
import type { ReportLine } from '../doctor/report-line.ts'
import { MAX_TOKEN_INPUT_LENGTH } from '../doctor/token-input.ts'

/** What was typed cannot be worked with; the message says why, and never repeats it. */
class UsageError extends Error {
  override readonly name = 'UsageError'
}

type Options = { readonly json?: boolean; readonly token?: boolean | string }

/**
 * Looks at the set-up, or explains a token from standard input, and prints what was found.
 * @param extraArguments what was typed besides: nothing is meant to be
 * @returns the exit status: 0 all is well, 1 something is wrong, 2 the settings are
 * @throws UsageError when something was typed that may be a token
 */
export async function runDoctor(
  extraArguments: readonly string[],
  { json = false, token = false }: Options,
): Promise<number> {
  if (extraArguments.length > 0 || (typeof token === 'string' && token !== '-'))
    throw new UsageError(
      'doctor takes no arguments. A token belongs on standard input, as in "npm run doctor -- --token < file": as an argument it stays in the shell’s history and in the list of processes. If that was a token of yours, let it expire or revoke it.',
    )
  const [lines, status] = await looked(token === false ? lookAtSetup : lookAtToken)
  if (json) console.log(JSON.stringify(lines, null, 2))
  else for (const line of formatReport(lines, createColorize(process.stdout))) console.log(line)
  return status
}

type Look = (config: Config) => Promise<readonly ReportLine[]>

const lookAtSetup: Look = (config) => runSetupChecks(createDoctorSetup(config), createServerChecks(config))

const lookAtToken: Look = async (config) =>
  explainToken(await pasted(process.stdin), createDoctorSetup(config), createServerChecks(config))

async function looked(look: Look): Promise<readonly [readonly ReportLine[], number]> {
  try {
    const lines = await look(usable(loadConfig()))
    return [lines, computeExitStatus(lines)]
  } catch (error) {
    if (error instanceof InvalidSettingsError) return [reportInvalidSettings(error.messages), 2]
    throw error
  }
}

/** @throws InvalidSettingsError in production without an issuer: nothing embedded stands in for it there */
function usable(config: Config): Config {
  if (config.isProduction && config.issuer === undefined)
    throw new InvalidSettingsError([
      'OKTA_ISSUER: is required in production. For example: OKTA_ISSUER=https://example.okta.com/oauth2/default',
    ])
  return config
}

/** What stands on standard input, to its end or to the first line of a terminal; one letter more than any token has is enough. */
async function pasted(input: NodeJS.ReadStream): Promise<string> {
  if (input.isTTY) console.error('Paste the token and press Enter.')
  let text = ''
  for await (const chunk of input.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_TOKEN_INPUT_LENGTH || (input.isTTY && text.includes('\n'))) break
  }
  return text
}
