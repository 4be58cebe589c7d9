import { hash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { invalidProof, useNonce } from '../refusal.ts'
import type { Presented } from './credentials.ts'
import type { Memory } from './memory.ts'
import type { Nonces } from './nonces.ts'
import { checkProofSignature, readProof, thumbprintOf } from './proof.ts'
import { normalUrl } from './url.ts'

/** How far a proof's `iat` may lie behind and ahead when no nonce says that it is new. Seconds. */
const AGE = { behind: 60, ahead: 30 }

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
 * @param boundTo the key's thumbprint, as the token says
 * @returns the nonce for the next proof, where the one that was used is about to end
 * @throws Refusal `invalid_dpop_proof` or `use_dpop_nonce`; `SERVICE_UNAVAILABLE` when proofs cannot be remembered
 */
export type CheckProof = (request: Presented, token: string, boundTo: string) => Promise<string | undefined>

/** The checks of RFC 9449 §4.3 and §7.1, cheapest first; a proof is remembered once all else about it is right. */
export function createCheckProof(options: Options): CheckProof {
  const { resource, clock, memory, nonces, nonceRequired } = options
  return async function checkProof({ method, path, dpop = [] }, token, boundTo) {
    const [text, second] = dpop
    if (text === undefined || second !== undefined) throw invalidProof('proof_count')
    const proof = readProof(text)
    if (proof.htm !== method) throw invalidProof('proof_method')
    const url = normalUrl(`${resource()}${path}`)
    if (url === undefined || normalUrl(proof.htu) !== url) throw invalidProof('proof_url')
    if (proof.ath !== hash('sha256', token, 'base64url')) throw invalidProof('proof_token')
    if ((await thumbprintOf(proof)) !== boundTo) throw invalidProof('proof_other_key')
    const next = await checkFresh(proof.nonce, proof.iat)
    await checkProofSignature(proof)
    const id = hash('sha256', `${boundTo} ${proof.jti}`, 'base64url')
    if ((await memory.remember(`jti:${id}`, '1')) !== undefined) throw invalidProof('proof_replayed')
    return next
  }

  /** RFC 9449 §11.1: a nonce of ours says that a proof is new, whatever the client's clock; else its `iat` must. */
  async function checkFresh(nonce: string | undefined, iat: number): Promise<string | undefined> {
    if (nonce === undefined && !nonceRequired) {
      const age = clock.now() / 1000 - iat
      if (!(age <= AGE.behind && age >= -AGE.ahead)) throw invalidProof('proof_time')
      return undefined
    }
    const accepted = nonce === undefined ? undefined : await nonces.accepts(nonce)
    if (accepted === undefined) throw useNonce(await nonces.current())
    return accepted === 'old' ? nonces.current() : undefined
  }
}
