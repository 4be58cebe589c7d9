import { checkDatabase, checkNode, checkPorts, checkRedis, checkSettings } from './environment-checks.ts'
import {
  checkClock,
  checkDiscovery,
  checkDomain,
  checkKeys,
  checkMetadata,
  checkServer,
} from './issuer-checks.ts'
import { checkClient, checkDpop, checkOpenid, checkPolicy, checkScopes, checkToken } from './job-checks.ts'
import { type CheckContext, createProbes } from './probes.ts'
import { createReporter, type DiagnosticCheck, problem, runChecks, skippedBecauseOf } from './run-checks.ts'
import type { Setup } from './setup.ts'
import { checkCors, checkIde, checkRedirect, checkWebapp } from './user-client-checks.ts'

/** Every check of a set-up, in the order of the report. */
export const SETUP_CHECKS: readonly DiagnosticCheck<CheckContext>[] = [
  { id: 'D01', name: 'node', needs: [], run: checkNode },
  { id: 'D02', name: 'settings', needs: [], run: checkSettings },
  { id: 'D03', name: 'domain', needs: ['settings'], run: checkDomain },
  { id: 'D04', name: 'server', needs: ['settings'], run: checkServer },
  { id: 'D05', name: 'discovery', needs: ['domain', 'server'], run: checkDiscovery },
  { id: 'D06', name: 'metadata', needs: ['domain', 'server'], run: checkMetadata },
  { id: 'D07', name: 'clock', needs: ['domain'], run: checkClock },
  { id: 'D08', name: 'keys', needs: ['discovery'], run: checkKeys },
  { id: 'D09', name: 'client', needs: ['discovery'], run: checkClient },
  { id: 'D10', name: 'dpop', needs: ['client'], run: checkDpop },
  { id: 'D11', name: 'scopes', needs: ['client', 'dpop'], run: checkScopes },
  { id: 'D12', name: 'policy', needs: ['client', 'dpop'], run: checkPolicy },
  { id: 'D13', name: 'token', needs: ['client', 'dpop'], run: checkToken },
  { id: 'D14', name: 'openid', needs: ['client', 'dpop'], run: checkOpenid },
  { id: 'D15', name: 'webapp', needs: ['discovery'], run: checkWebapp },
  { id: 'D16', name: 'redirect', needs: ['discovery'], run: checkRedirect },
  { id: 'D17', name: 'ide', needs: ['discovery'], run: checkIde },
  { id: 'D18', name: 'cors', needs: ['ide'], run: checkCors },
  { id: 'D19', name: 'ports', needs: ['settings'], run: checkPorts },
  { id: 'D20', name: 'database', needs: ['settings'], run: checkDatabase },
  { id: 'D21', name: 'redis', needs: ['settings'], run: checkRedis },
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
