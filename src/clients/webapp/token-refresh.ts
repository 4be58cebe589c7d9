import type { Room } from '../../lib/expiring-store.ts'
import type { Grant, Held } from './grant.ts'
import type { Issuer, Tokens } from './oidc-client.ts'
import { Fault } from './page-error.ts'

type Options = {
  readonly issuer: Issuer
  readonly grants: Room<Grant>
  readonly held: (tokens: Tokens, asked: readonly string[]) => Held
}

/**
 * Renews access tokens, once for all who ask at the same time: a refresh token is good once, and using it twice ends
 * everything that came from the same sign-in (RFC 9700 §4.14.2).
 */
export function renewal({ issuer, grants, held }: Options) {
  const underWay = new Map<string, Promise<Held>>()

  async function renew(id: string, old: Held): Promise<Held> {
    const grant = await grants.get(id)
    if (!grant) throw new Fault('signedOut')
    // Somebody was faster.
    if (grant.access.token !== old.token) return grant.access
    if (grant.refresh === undefined) throw new Fault('signedOut')
    try {
      return await replaced(id, grant, await issuer.refresh(grant.refresh))
    } catch (error) {
      // Another copy of this server may have been faster still.
      const now = await grants.get(id)
      if (now && now.access.token !== old.token) return now.access
      throw error
    }
  }

  async function replaced(id: string, grant: Grant, tokens: Tokens): Promise<Held> {
    const access = held(tokens, grant.access.scopes)
    const refresh = tokens.refresh ?? grant.refresh
    const next = { ...grant, access, refresh, idToken: tokens.id ?? grant.idToken }
    if (await grants.replace(id, next)) return access
    // They signed out meanwhile: what came is for nobody.
    if (refresh !== undefined) await issuer.revoke(refresh).catch(() => undefined)
    throw new Fault('signedOut')
  }

  return function renewed(id: string, old: Held): Promise<Held> {
    const known = underWay.get(id)
    if (known) return known
    const renewing = renew(id, old).finally(() => underWay.delete(id))
    underWay.set(id, renewing)
    return renewing
  }
}
