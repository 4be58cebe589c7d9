import type { AddBookMutation } from '../generated/webapp/graphql.ts'
import type { Rooms } from '../room.ts'
import type { Outcome } from './api.ts'
import { LIVES } from './bounds.ts'

type Added = Exclude<Outcome<AddBookMutation>, { kind: 'refused' }>

/**
 * Adds the book of one form once, however often the form is sent: by a double click, or by going back and sending it again.
 * @returns a function of the form's key and of what adds the book; what came of it the first time is what comes again
 */
export function oncePerForm(rooms: Rooms): (key: string, add: () => Promise<Added>) => Promise<Added> {
  const done = rooms.room<AddBookMutation>('added')
  const underWay = new Map<string, Promise<Added>>()

  async function addOrRemember(key: string, add: () => Promise<Added>): Promise<Added> {
    const before = await done.get(key)
    if (before) return { kind: 'data', data: before }
    const outcome = await add()
    if (outcome.kind === 'data') await done.set(key, outcome.data, LIVES.draft)
    return outcome
  }

  return function once(key, add) {
    const known = underWay.get(key)
    if (known) return known
    const adding = addOrRemember(key, add).finally(() => underWay.delete(key))
    underWay.set(key, adding)
    return adding
  }
}
