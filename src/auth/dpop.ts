import { hash } from 'node:crypto'
import { invalidProof, useNonce } from '../errors/api-error.ts'
import { type Clock, neverSetBack } from '../lib/clock.ts'
import type { Presented } from './credentials.ts'
import type { Nonces } from './dpop-nonces.ts'
import { checkProofSignature, readProof, thumbprintOf } from './dpop-proof.ts'
import { normalizedUrl } from './htu.ts'
import type { Memory } from './replay-store.ts'

/** How far a proof's `iat` may lie behind and ahead when no nonce says that it is new. Seconds. */
const AGE = { behind: 60, ahead: 30 }
/** By how much a clock may go back that is only being adjusted. Seconds. */
const SET_BACK = 5

type Options = {
  /** The API's public URL: what the client calls, whatever stands between. */
  readonly resource: () => string
  readonly clock: Clock
  readonly memory: Memory
  readonly nonces: Nonces
  readonly nonceRequired: boolean
}

/**
 * Checks that a request is from whoever has the key that its token is bound to.
 * @param token the access token, verified
 * @param jkt the thumbprint of the key that it is bound to, as it says
 * @returns the nonce for the next proof, where the one that was used is about to end
 * @throws Refusal `invalid_dpop_proof` or `use_dpop_nonce`; `SERVICE_UNAVAILABLE` when proofs cannot be remembered
 */
export type CheckProof = (request: Presented, token: string, jkt: string) => Promise<string | undefined>

/** The checks of RFC 9449 §4.3 and §7.1, cheapest first; a proof is remembered once all else about it is right. */
export function createCheckProof(options: Options): CheckProof {
  const { resource, clock, memory, nonces, nonceRequired } = options
  const steadyNow = neverSetBack(clock)
  return async function checkProof({ method, path, dpop = [] }, token, jkt) {
    const [text, second] = dpop
    if (text === undefined || second !== undefined) throw invalidProof('proof_count')
    const proof = readProof(text)
    if (proof.htm !== method) throw invalidProof('proof_method')
    const url = normalizedUrl(`${resource()}${path}`)
    if (url === undefined || normalizedUrl(proof.htu) !== url) throw invalidProof('proof_url')
    if (proof.ath !== hash('sha256', token, 'base64url')) throw invalidProof('proof_token')
    if ((await thumbprintOf(proof)) !== jkt) throw invalidProof('proof_other_key')
    const next = await checkFresh(proof.nonce, proof.iat)
    await checkProofSignature(proof)
    const id = hash('sha256', `${jkt} ${proof.jti}`, 'base64url')
    if ((await memory.remember(`jti:${id}`, '1')) !== undefined) throw invalidProof('proof_replayed')
    return next
  }

  /** RFC 9449 §11.1: a nonce of ours says that a proof is new, whatever the client's clock; else its `iat` must. */
  async function checkFresh(nonce: string | undefined, iat: number): Promise<string | undefined> {
    if (nonce === undefined && !nonceRequired) {
      const age = clock.now() / 1000 - iat
      if (!(age <= AGE.behind && age >= -AGE.ahead)) throw invalidProof('proof_time')
      // The clock was set back: this may be a proof that was forgotten. A nonce tells.
      if (steadyNow() / 1000 - iat > AGE.behind + SET_BACK) throw useNonce(await nonces.current())
      return undefined
    }
    const accepted = nonce === undefined ? undefined : await nonces.accepts(nonce)
    if (accepted === undefined) throw useNonce(await nonces.current())
    return accepted === 'old' ? nonces.current() : undefined
  }
}
