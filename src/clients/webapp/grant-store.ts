import { randomBytes } from 'node:crypto'
import type { Rooms } from '../../lib/expiring-store.ts'
import type { Grant, Held } from './grant.ts'
import type { SessionLives } from './limits.ts'
import type { Issuer, Tokens } from './oidc-client.ts'
import { Fault } from './page-error.ts'
import { renewal } from './token-refresh.ts'

type Options = {
  readonly issuer: Issuer
  readonly rooms: Rooms
  readonly lives: SessionLives
  readonly now: () => number
}

export type Grants = ReturnType<typeof createGrants>

/** A token is renewed so long before it ends. */
const EARLY_MS = 60_000

/**
 * The tokens of signed-in people, each grant by a random id that the session holds. A token with more scopes, got by a
 * step-up, is kept beside the everyday one, which stays as it is.
 * @throws (each function) Fault `signedOut` when there is no such grant any more
 */
export function createGrants({ issuer, rooms, lives, now }: Options) {
  const grants = rooms.room<Grant>('grant')
  const extras = rooms.room<Held>('extra')
  const held = ({ access, scopes, lifeMs }: Tokens, asked: readonly string[]): Held => ({
    token: access,
    scopes: scopes ?? asked,
    endsAt: now() + lifeMs,
  })
  const fresh = ({ endsAt }: Held) => endsAt - now() > EARLY_MS
  const renewed = renewal({ issuer, grants, held })

  async function read(id: string): Promise<Grant> {
    const grant = await grants.get(id)
    if (!grant) throw new Fault('signedOut')
    return grant
  }

  async function extra(id: string): Promise<Held | undefined> {
    const kept = await extras.get(id)
    return kept && fresh(kept) ? kept : undefined
  }

  async function everyday(id: string): Promise<Held> {
    const { access } = await read(id)
    if (fresh(access)) return access
    return renewed(id, access).catch((error) => {
      // What is good for some seconds yet is good enough while the issuer is away.
      if (error instanceof Fault && error.kind === 'issuerDown' && access.endsAt > now()) return access
      throw error
    })
  }

  return Object.freeze({
    read,
    everyday,
    extra,
    /** @returns the new grant's id */
    async begin(tokens: Tokens & { subject: string; id: string }, asked: readonly string[]): Promise<string> {
      const id = randomBytes(24).toString('base64url')
      const { subject, refresh, id: idToken } = tokens
      await grants.set(id, { subject, refresh, idToken, access: held(tokens, asked) }, lives.sessionMs)
      return id
    },
    /** A token for these scopes if there is one, else the everyday one; renewed where that is due. */
    async tokenFor(id: string, scopes: readonly string[]): Promise<Held> {
      const more = await extra(id)
      return more && scopes.every((scope) => more.scopes.includes(scope)) ? more : everyday(id)
    },
    /** Another token in place of one that was refused. */
    async inPlaceOf(id: string, refused: Held): Promise<Held> {
      const more = await extras.get(id)
      if (more?.token !== refused.token) return renewed(id, refused)
      await extras.delete(id)
      return everyday(id)
    },
    /** @returns the token with more scopes, as it is kept now */
    async keepExtra(id: string, tokens: Tokens, asked: readonly string[]): Promise<Held> {
      const more = held(tokens, asked)
      await extras.set(id, more, tokens.lifeMs)
      return more
    },
    /** Forgets everything. @returns what there was, for whoever ends it at the issuer too */
    async end(id: string): Promise<Grant | undefined> {
      await extras.delete(id)
      return grants.take(id)
    },
  })
}
