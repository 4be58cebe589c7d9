import { IDEMPOTENCY_SWEEP_MS, startApiServer } from '../../src/app/api-server.ts'
import { parseConfig } from '../../src/config/config.ts'
import { systemClock } from '../../src/lib/clock.ts'

// The API, whose sweep of expired idempotency keys begins 5 s after the start, not 10 minutes.

const SHORT_INTERVAL_MS = 5_000

const server = await startApiServer(parseConfig(process.env), process.env.OKTA_ISSUER ?? '', {
  clock: {
    ...systemClock,
    schedule: (milliseconds, run) =>
      systemClock.schedule(milliseconds === IDEMPOTENCY_SWEEP_MS ? SHORT_INTERVAL_MS : milliseconds, run),
  },
})
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
