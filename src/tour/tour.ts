import type { Config } from '../config.ts'
import { JOB_CLIENT } from '../issuer/registry.ts'
import { startApiServer } from '../start-api.ts'
import { startEmbedded } from '../start-issuer.ts'
import { machineStory } from './machine.ts'
import { Narrator, StoryFault } from './narrator.ts'

/**
 * Tells the story with real servers on free ports.
 * @returns the exit status: 0, or 1 at the first step that went otherwise
 */
export async function tour(config: Config): Promise<number> {
  const issuer = await startEmbedded(config, undefined)
  const api = await startApiServer(config, issuer.url)
  try {
    const narrator = new Narrator({
      [api.url]: 'http://localhost:4000',
      [new URL(issuer.url).origin]: 'http://localhost:4400',
    })
    await machineStory(narrator, { api: api.url, issuer: issuer.url, client: JOB_CLIENT })
    narrator.say('The end: every step went as told.')
    return 0
  } catch (error) {
    if (!(error instanceof StoryFault)) throw error
    console.error(error.message)
    return 1
  } finally {
    await api.close()
    await issuer.close()
  }
}
