import * as environment from './environment-checks.ts'
import * as issuer from './issuer-checks.ts'
import * as job from './job-checks.ts'
import { type CheckContext, createProbes } from './probes.ts'
import {
  type CheckOutcome,
  createReporter,
  type DiagnosticCheck,
  problem,
  runChecks,
  skipped,
  skippedBecauseOf,
} from './run-checks.ts'
import type { Setup } from './setup.ts'
import * as userClients from './user-client-checks.ts'

/** Skips a check of endpoints and errors that only Okta has. */
const atOkta =
  (run: (context: CheckContext) => CheckOutcome | Promise<CheckOutcome>) => (context: CheckContext) =>
    context.isOkta ? run(context) : skipped('the issuer is not Okta')

/** Every check of a set-up, in the order of the report. */
export const SETUP_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D01', name: 'node', needs: [], run: environment.checkNode },
  { id: 'D02', name: 'settings', needs: [], run: environment.checkSettings },
  { id: 'D03', name: 'domain', needs: ['settings'], run: issuer.checkDomain },
  { id: 'D04', name: 'server', needs: ['settings'], run: issuer.checkServer },
  { id: 'D05', name: 'discovery', needs: ['domain', 'server'], run: issuer.checkDiscovery },
  { id: 'D06', name: 'metadata', needs: ['domain', 'server'], run: atOkta(issuer.checkMetadata) },
  { id: 'D07', name: 'clock', needs: ['domain'], run: issuer.checkClock },
  { id: 'D08', name: 'keys', needs: ['discovery'], run: issuer.checkKeys },
  { id: 'D09', name: 'client', needs: ['discovery'], run: atOkta(job.checkClient) },
  { id: 'D10', name: 'dpop', needs: ['client'], run: job.checkDpop },
  { id: 'D11', name: 'scopes', needs: ['client', 'dpop'], run: job.checkScopes },
  { id: 'D12', name: 'policy', needs: ['client', 'dpop'], run: job.checkPolicy },
  { id: 'D13', name: 'token', needs: ['client', 'dpop'], run: job.checkToken },
  { id: 'D14', name: 'openid', needs: ['client', 'dpop'], run: job.checkOpenid },
  { id: 'D15', name: 'webapp', needs: ['discovery'], run: atOkta(userClients.checkWebapp) },
  { id: 'D16', name: 'redirect', needs: ['discovery'], run: atOkta(userClients.checkRedirect) },
  { id: 'D17', name: 'ide', needs: ['discovery'], run: atOkta(userClients.checkIde) },
  { id: 'D18', name: 'cors', needs: ['ide'], run: userClients.checkCors },
  { id: 'D19', name: 'ports', needs: ['settings'], run: environment.checkPorts },
  { id: 'D20', name: 'database', needs: ['settings'], run: environment.checkDatabase },
  { id: 'D21', name: 'redis', needs: ['settings'], run: environment.checkRedis },
]

/** Checks a set-up from its settings and over HTTP, with no access to Okta's Admin API. Requests a few tokens; changes nothing. */
export const runSetupChecks = (setup: Setup) => runChecks(SETUP_CHECKS, { ...setup, ...createProbes(setup) })

/** Reports invalid settings, one line per message, and every check that needs valid ones as skipped. */
export function reportInvalidSettings(messages: readonly string[]) {
  const report = createReporter([], {})
  return SETUP_CHECKS.flatMap((check) => {
    if (check.name === 'node') return []
    if (check.name !== 'settings') return report(check, skippedBecauseOf('settings'))
    return messages.map((message) => report(check, problem('D02a', { message })))
  })
}
