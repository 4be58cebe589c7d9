import { stripVTControlCharacters } from 'node:util'
import { expect, test } from '@jest/globals'
import { formatReport } from '../../src/cli/format-report.ts'
import type { ReportLine } from '../../src/doctor/run-checks.ts'

const LINES: readonly ReportLine[] = [
  { id: 'D03', check: 'domain', status: 'skipped', found: '"settings" failed' },
  { id: 'D02a', check: 'settings', status: 'failed', found: 'A is wrong.', mend: 'Correct it.', where: 'B' },
  { id: 'D15', check: 'webapp', status: 'skipped', found: 'WEBAPP_CLIENT_ID is not set' },
  { id: 'D16', check: 'redirect', status: 'skipped', found: 'WEBAPP_CLIENT_ID is not set' },
  { id: 'D37a', check: 'bound', status: 'warning', found: 'It is bound to a key.', mend: 'Send a proof.' },
  { id: 'D19', check: 'ports', status: 'ok', found: `${'4000 '.repeat(20)}free` },
]
const format = (options: Parameters<typeof formatReport>[1]) =>
  stripVTControlCharacters(formatReport(LINES, options))

test('puts the problems last, and summarizes the skipped checks with each reason once', () => {
  expect(format({ width: 200 })).toBe(
    [
      `✓ ports     ${'4000 '.repeat(20)}free`,
      '– 3 checks skipped, since "settings" failed and WEBAPP_CLIENT_ID is not set (--verbose lists them)',
      '\n1 ok, 1 failed, 1 warning, 3 skipped.',
      '\n! bound     It is bound to a key. (D37a)\n            Fix: Send a proof.',
      '\n✗ settings  A is wrong. (D02a)\n            Fix: Correct it.\n            Where: B',
    ].join('\n'),
  )
})

test('lists each skipped check with verbose', () => {
  const report = format({ verbose: true })
  expect(report).toContain('\n– domain    "settings" failed\n– webapp    WEBAPP_CLIENT_ID is not set\n')
  expect(report).not.toContain('--verbose')
})

test.each([40, 60, 80])('wraps lines at %p columns', (width) => {
  const lengths = format({ width })
    .split('\n')
    .map((line) => line.length)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(width)
})
