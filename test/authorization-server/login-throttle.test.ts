import { expect, test } from '@jest/globals'
import { createLoginThrottle } from '../../src/authorization-server/login-throttle.ts'
import { AGATHA, ARTHUR } from '../support/demo-accounts.ts'
import { createTestClock } from '../support/test-clock.ts'

/** Creates a throttle with wrong passwords of the given logins. */
function createThrottleWithFailures(logins: readonly string[]) {
  const throttle = createLoginThrottle(createTestClock())
  for (const login of logins) throttle.recordFailure(login)
  return throttle
}

const unknownLogins = (count: number) => Array.from({ length: count }, (_, i) => `unknown-${i}@example.com`)

test('authorization-server/O80 throttles a login whatever other logins are tried', () => {
  const throttle = createThrottleWithFailures([...Array(5).fill(AGATHA.login), ...unknownLogins(10_050)])
  expect(throttle.retryAfterMs(AGATHA.login)).toBe(30_000)
  expect(throttle.retryAfterMs(ARTHUR.login)).toBe(0)
})

test('authorization-server/O81 counts all unknown logins together', () => {
  const throttle = createThrottleWithFailures(unknownLogins(5))
  expect(throttle.retryAfterMs('another@example.com')).toBe(30_000)
})
