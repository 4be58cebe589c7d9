import { hash } from 'node:crypto'
import { invalidDpopProof, useDpopNonce } from '../errors/api-error.ts'
import { type Clock, createSteadyNow } from '../lib/clock.ts'
import type { RequestToAuthenticate } from './credentials.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import { calculateProofThumbprint, parseDpopProof, verifyDpopProofSignature } from './dpop-proof.ts'
import type { ReplayStore } from './replay-store.ts'

/** The accepted age of a proof without a nonce. */
const MAX_AGE_SECONDS = 60
/** The accepted distance of its `iat` into the future. */
const MAX_AHEAD_SECONDS = 30
/** The most by which a clock that is only being adjusted goes back. */
const MAX_ADJUSTMENT_SECONDS = 5

type Options = {
  /** Returns the API's public URL, which a proof's `htu` must match even behind a proxy. */
  readonly getApiUrl: () => string
  readonly clock: Clock
  readonly replayStore: ReplayStore
  readonly nonces: DpopNonces
  readonly isNonceRequired: boolean
}

/**
 * Checks that the sender of a request possesses the key that its access token is bound to.
 * @param token the verified access token
 * @param jkt the thumbprint of the key, from the token's `cnf` claim
 * @returns the nonce for the next proof, if the one in this proof expires soon
 * @throws ApiError `invalid_dpop_proof`, `use_dpop_nonce`, or `SERVICE_UNAVAILABLE` without the replay store
 */
export type VerifyDpopProof = (
  request: RequestToAuthenticate,
  token: string,
  jkt: string,
) => Promise<string | undefined>

/** Performs the checks of RFC 9449 §4.3 and §7.1, cheapest first. Only valid proofs go into the replay store. */
export function createVerifyDpopProof({
  getApiUrl,
  clock,
  replayStore,
  nonces,
  isNonceRequired,
}: Options): VerifyDpopProof {
  const steadyNow = createSteadyNow(clock)
  return async function verifyDpopProof({ method, path, dpop = [] }, token, jkt) {
    const [jwt, second] = dpop
    if (jwt === undefined || second !== undefined) throw invalidDpopProof('proof_count')
    const proof = parseDpopProof(jwt)
    if (proof.htm !== method) throw invalidDpopProof('proof_method')
    const url = normalizeHtu(`${getApiUrl()}${path}`)
    if (url === undefined || normalizeHtu(proof.htu) !== url) throw invalidDpopProof('proof_url')
    if (proof.ath !== hash('sha256', token, 'base64url')) throw invalidDpopProof('proof_token')
    if ((await calculateProofThumbprint(proof)) !== jkt) throw invalidDpopProof('proof_other_key')
    const nextNonce = await checkFreshness(proof.nonce, proof.iat)
    await verifyDpopProofSignature(proof)
    const id = hash('sha256', `${jkt} ${proof.jti}`, 'base64url')
    if ((await replayStore.putIfAbsent(`jti:${id}`, '1')) !== undefined)
      throw invalidDpopProof('proof_replayed')
    return nextNonce
  }

  /** RFC 9449 §11.1: a valid nonce proves freshness whatever the client's clock says; without one, `iat` must. */
  async function checkFreshness(nonce: string | undefined, iat: number): Promise<string | undefined> {
    if (nonce === undefined && !isNonceRequired) {
      const ageSeconds = clock.now() / 1000 - iat
      if (!(ageSeconds <= MAX_AGE_SECONDS && ageSeconds >= -MAX_AHEAD_SECONDS))
        throw invalidDpopProof('proof_time')
      // The wall clock was set back, so the replay store may have dropped this proof already: require a nonce.
      if (steadyNow() / 1000 - iat > MAX_AGE_SECONDS + MAX_ADJUSTMENT_SECONDS)
        throw useDpopNonce(await nonces.current())
      return undefined
    }
    const age = nonce === undefined ? undefined : await nonces.classify(nonce)
    if (age === undefined) throw useDpopNonce(await nonces.current())
    return age === 'old' ? nonces.current() : undefined
  }
}

const UNRESERVED_CHARACTER = /[\w.~-]/

/**
 * Normalizes a proof's `htu` or a request URL for comparison (RFC 9449 §4.3): drops query and fragment, normalizes as the
 * URL standard does, and decodes percent-encoded unreserved characters (RFC 3986 §6.2.2).
 * @returns undefined if the text is not a URL, or one with a user or password
 */
function normalizeHtu(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || url.username || url.password) return undefined
  const path = url.pathname.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
    return UNRESERVED_CHARACTER.test(character) ? character : triplet.toUpperCase()
  })
  return url.origin + path
}
