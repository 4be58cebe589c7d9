import { startApiServer } from '../app/api-server.ts'
import { configuredUrls, startEmbedded } from '../app/authorization-server.ts'
import { startWebapp } from '../app/webapp.ts'
import { JOB_CLIENT, KNOWN_USER } from '../authorization-server/clients-and-users.ts'
import type { Config } from '../config/config.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { machineStory } from './job-story.ts'
import { Narrator, StoryFault } from './narrator.ts'
import { personStory } from './sign-in-story.ts'

/**
 * Tells the story with real servers on free ports.
 * @param browser whether the person uses a real browser where there is one
 * @returns the exit status: 0, or 1 at the first step that went otherwise
 */
export async function tour(config: Config, { browser }: { readonly browser: boolean }): Promise<number> {
  const urls = { ...configuredUrls(config) }
  const clock = clockAhead()
  const issuer = await startEmbedded(config, undefined, () => urls)
  const api = await startApiServer(config, issuer.url)
  const webapp = await startWebapp(config, { issuer: issuer.url, api: api.url }, undefined, clock)
  Object.assign(urls, { api: api.url, webapp: webapp.url })
  try {
    const narrator = new Narrator({
      [api.url]: 'http://localhost:4000',
      [webapp.url]: 'http://localhost:7001',
      [new URL(issuer.url).origin]: 'http://localhost:4400',
    })
    await machineStory(narrator, { api: api.url, issuer: issuer.url, client: JOB_CLIENT })
    const { login, password } = KNOWN_USER
    const place = { api: api.url, issuer: issuer.url, webapp: webapp.url, user: { login, password } }
    await personStory(narrator, { ...place, pass: clock.pass, browser })
    narrator.say('The end: every step went as told.')
    return 0
  } catch (error) {
    if (!(error instanceof StoryFault)) throw error
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
    elapsed: () => systemClock.elapsed() + ahead,
    after: systemClock.after,
    pass(milliseconds) {
      ahead += milliseconds
    },
  }
}
