import { startApiServer } from '../app/api-server.ts'
import { resolvePublicUrls, startEmbeddedAuthorizationServer } from '../app/authorization-server.ts'
import { startWebapp } from '../app/webapp.ts'
import { DEMO_USER, EMBEDDED_JOB_CLIENT } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { tellJobStory } from './job-story.ts'
import { Narrator, StoryError } from './narrator.ts'
import { tellSignInStory } from './sign-in-story.ts'

/**
 * Tells the story with real servers on free ports.
 * @param useRealBrowser whether the person uses a real browser where there is one
 * @returns the exit status: 0, or 1 at the first step that went otherwise
 */
export async function runTour(
  config: Config,
  { useRealBrowser }: { readonly useRealBrowser: boolean },
): Promise<number> {
  const urls = { ...resolvePublicUrls(config) }
  const clock = clockAhead()
  const issuer = await startEmbeddedAuthorizationServer(config, undefined, () => urls)
  const api = await startApiServer(config, issuer.url)
  const webapp = await startWebapp(config, { issuerUrl: issuer.url, apiUrl: api.url }, undefined, clock)
  Object.assign(urls, { api: api.url, webapp: webapp.url })
  try {
    const narrator = new Narrator({
      [api.url]: 'http://localhost:4000',
      [webapp.url]: 'http://localhost:7001',
      [new URL(issuer.url).origin]: 'http://localhost:4400',
    })
    await tellJobStory(narrator, { api: api.url, issuer: issuer.url, client: EMBEDDED_JOB_CLIENT })
    const { login, password } = DEMO_USER
    const place = { api: api.url, issuer: issuer.url, webapp: webapp.url, user: { login, password } }
    await tellSignInStory(narrator, { ...place, pass: clock.pass, browser: useRealBrowser })
    narrator.printStep('The end: every step went as told.')
    return 0
  } catch (error) {
    if (!(error instanceof StoryError)) throw error
    console.error(error.message)
    return 1
  } finally {
    await webapp.close()
    await api.close()
    await issuer.close()
  }
}

/** The machine's clock, which can be told that more time has passed. */
function clockAhead(): Clock & { pass(milliseconds: number): void } {
  let ahead = 0
  return {
    now: () => systemClock.now() + ahead,
    monotonicNow: () => systemClock.monotonicNow() + ahead,
    schedule: systemClock.schedule,
    pass(milliseconds) {
      ahead += milliseconds
    },
  }
}
