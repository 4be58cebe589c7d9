import { startApiServer } from '../app/api-server.ts'
import { startEmbeddedAuthorizationServer } from '../app/authorization-server.ts'
import { resolvePublicUrls } from '../app/public-urls.ts'
import { startWebapp } from '../app/webapp.ts'
import type { Config } from '../config/config.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { runJobStory } from './job-story.ts'
import { runSignInStory } from './sign-in-story.ts'
import { createTranscript, TourError } from './transcript.ts'

/**
 * Runs the tour against real servers and prints every request and response.
 * @returns the exit status: 0, or 1 after the first step with an unexpected result
 */
export async function runTour(config: Config): Promise<number> {
  const urls = { ...resolvePublicUrls(config) }
  const clock = createAdvanceableClock()
  const issuer = await startEmbeddedAuthorizationServer(config, undefined, () => urls)
  const api = await startApiServer(config, issuer.url)
  const webapp = await startWebapp(config, { issuerUrl: issuer.url, apiUrl: api.url }, undefined, clock)
  // The authorization server reads the redirect URIs when it needs them, and the ports are known only now.
  Object.assign(urls, { api: api.url, webapp: webapp.url })
  try {
    const transcript = createTranscript({
      [api.url]: 'http://localhost:4000',
      [webapp.url]: 'http://localhost:7001',
      [new URL(issuer.url).origin]: 'http://localhost:4400',
    })
    const servers = { api: api.url, issuer: issuer.url, webapp: webapp.url }
    await runJobStory(transcript, servers)
    await runSignInStory(transcript, servers, clock.advance)
    transcript.printStep('Done: every step had the expected result.')
    return 0
  } catch (error) {
    if (!(error instanceof TourError)) throw error
    console.error(error.message)
    return 1
  } finally {
    await webapp.close()
    await api.close()
    await issuer.close()
  }
}

/** Creates a clock that runs with the system's clock and can be moved forward. */
function createAdvanceableClock(): Clock & { advance(milliseconds: number): void } {
  let offsetMs = 0
  return {
    now: () => systemClock.now() + offsetMs,
    monotonicNow: () => systemClock.monotonicNow() + offsetMs,
    schedule: systemClock.schedule,
    advance(milliseconds) {
      offsetMs += milliseconds
    },
  }
}
