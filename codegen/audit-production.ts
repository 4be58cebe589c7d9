import { spawnSync } from 'node:child_process'

// Asks the registry for known vulnerabilities of the production packages. Exits with 1 if one is high or critical, or if
// npm fails. Passes if the registry has no audit endpoint, as a mirror may not: that says nothing about the packages.

/** The report, or the error of the request: `statusCode` is absent if the registry could not be reached. */
type AuditReport = {
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> }
  readonly message?: string
  readonly statusCode?: number
}

/** Not Found and Method Not Allowed. */
const STATUSES_WITHOUT_AUDITS: readonly unknown[] = [404, 405]

function parseReport(text: string): AuditReport {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const { stdout, stderr, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' })
const { metadata, message, statusCode } = parseReport(stdout)
if (metadata) {
  const { high = 0, critical = 0, total = 0 } = metadata.vulnerabilities
  console.log(`${total} known vulnerabilities, ${high + critical} of them high or critical`)
  if (high + critical > 0) process.exitCode = 1
} else if (STATUSES_WITHOUT_AUDITS.includes(statusCode))
  console.log('NOT CHECKED for known vulnerabilities: the registry does not support audits.')
else {
  console.error(`npm audit failed: ${message ?? error?.message ?? stderr}`)
  process.exitCode = 1
}
