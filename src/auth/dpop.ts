import { hash } from 'node:crypto'
import { invalidDpopProof, useDpopNonce } from '../errors/api-error.ts'
import { type Clock, createSteadyNow } from '../lib/clock.ts'
import type { RequestToAuthenticate } from './credentials.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import { calculateProofThumbprint, parseDpopProof, verifyDpopProofSignature } from './dpop-proof.ts'
import { normalizeHtu } from './htu.ts'
import type { ReplayStore } from './replay-store.ts'

/** How far a proof's `iat` may lie behind and ahead when no nonce says that it is new. Seconds. */
const AGE = { behind: 60, ahead: 30 }
/** By how much a clock may go back that is only being adjusted. Seconds. */
const SET_BACK = 5

type Options = {
  /** The API's public URL: what the client calls, whatever stands between. */
  readonly resource: () => string
  readonly clock: Clock
  readonly memory: ReplayStore
  readonly nonces: DpopNonces
  readonly nonceRequired: boolean
}

/**
 * Checks that a request is from whoever has the key that its token is bound to.
 * @param token the access token, verified
 * @param jkt the thumbprint of the key that it is bound to, as it says
 * @returns the nonce for the next proof, where the one that was used is about to end
 * @throws Refusal `invalid_dpop_proof` or `use_dpop_nonce`; `SERVICE_UNAVAILABLE` when proofs cannot be remembered
 */
export type VerifyDpopProof = (
  request: RequestToAuthenticate,
  token: string,
  jkt: string,
) => Promise<string | undefined>

/** The checks of RFC 9449 §4.3 and §7.1, cheapest first; a proof is remembered once all else about it is right. */
export function createVerifyDpopProof(options: Options): VerifyDpopProof {
  const { resource: getApiUrl, clock, memory: replayStore, nonces, nonceRequired } = options
  const steadyNow = createSteadyNow(clock)
  return async function checkProof({ method, path, dpop = [] }, token, jkt) {
    const [text, second] = dpop
    if (text === undefined || second !== undefined) throw invalidDpopProof('proof_count')
    const proof = parseDpopProof(text)
    if (proof.htm !== method) throw invalidDpopProof('proof_method')
    const url = normalizeHtu(`${getApiUrl()}${path}`)
    if (url === undefined || normalizeHtu(proof.htu) !== url) throw invalidDpopProof('proof_url')
    if (proof.ath !== hash('sha256', token, 'base64url')) throw invalidDpopProof('proof_token')
    if ((await calculateProofThumbprint(proof)) !== jkt) throw invalidDpopProof('proof_other_key')
    const next = await checkFresh(proof.nonce, proof.iat)
    await verifyDpopProofSignature(proof)
    const id = hash('sha256', `${jkt} ${proof.jti}`, 'base64url')
    if ((await replayStore.putIfAbsent(`jti:${id}`, '1')) !== undefined)
      throw invalidDpopProof('proof_replayed')
    return next
  }

  /** RFC 9449 §11.1: a nonce of ours says that a proof is new, whatever the client's clock; else its `iat` must. */
  async function checkFresh(nonce: string | undefined, iat: number): Promise<string | undefined> {
    if (nonce === undefined && !nonceRequired) {
      const age = clock.now() / 1000 - iat
      if (!(age <= AGE.behind && age >= -AGE.ahead)) throw invalidDpopProof('proof_time')
      // The clock was set back: this may be a proof that was forgotten. A nonce tells.
      if (steadyNow() / 1000 - iat > AGE.behind + SET_BACK) throw useDpopNonce(await nonces.current())
      return undefined
    }
    const accepted = nonce === undefined ? undefined : await nonces.classify(nonce)
    if (accepted === undefined) throw useDpopNonce(await nonces.current())
    return accepted === 'old' ? nonces.current() : undefined
  }
}
