// `npm run wycheproof -- FILE…`: runs test vectors of Wycheproof's testvectors_v1 (https://github.com/C2SP/wycheproof)
// through the token verification: json_web_signature_test.json, and rsa_signature_*_sha256_test.json for the signature
// alone. Exit status: 0 if no invalid vector is accepted and every valid RS256 signature is, 1 otherwise.
import { readFileSync } from 'node:fs'
import type { JWK } from 'jose'
import { parseCompactJws, validateJoseHeader } from '../../src/auth/compact-jws.ts'
import { parseJwks } from '../../src/auth/jwks.ts'
import { verifySignature } from '../../src/auth/verify-token.ts'
import { ApiError, invalidToken } from '../../src/errors/api-error.ts'

type Vector = { tcId: number; comment: string; result: string; jws?: string; msg?: string; sig?: string }
/** The files name the key differently. */
type Group = { public?: JWK; private?: JWK; keyJwk?: JWK; tests: Vector[] }

/** Returns false for an ApiError. Any other error is a bug and ends the run. */
function accepts(verify: () => void): boolean {
  try {
    verify()
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

/** Imports a key as if the issuer published it. A key set without a usable key rejects every token. */
function importKey(jwk: JWK, kid: string) {
  try {
    const key = parseJwks({ keys: [{ ...jwk, kid }] }).get(kid)
    if (key) return key
  } catch {
    // Reported below.
  }
  throw invalidToken('unknown_kid')
}

function verifyJws(text: string, jwk: JWK): void {
  const jws = parseCompactJws(text, invalidToken)
  verifySignature(jws, importKey(jwk, validateJoseHeader(jws.header)))
}

/** Verifies the signature alone and ignores the header. */
function verifySignatureOnly({ jws = '', msg, sig = '' }: Vector, { n, e }: JWK): void {
  const dot = jws.lastIndexOf('.')
  const signingInput = msg === undefined ? jws.slice(0, dot) : Buffer.from(msg, 'hex').toString()
  const signature = msg === undefined ? jws.slice(dot + 1) : Buffer.from(sig, 'hex').toString('base64url')
  const key = importKey({ kty: 'RSA', n, e } as JWK, 'k')
  verifySignature({ header: '', payload: '', signingInput, signature }, key)
}

const count = {
  vectors: 0,
  invalid: 0,
  invalidAccepted: 0,
  rs256: 0,
  rs256Accepted: 0,
  others: 0,
  othersAccepted: 0,
}

function run(vector: Vector, jwk: JWK): void {
  count.vectors += 1
  const isRawSignature = vector.msg !== undefined
  const accepted = accepts(() =>
    isRawSignature ? verifySignatureOnly(vector, jwk) : verifyJws(vector.jws ?? '', jwk),
  )
  if (vector.result === 'valid' && (isRawSignature || jwk.alg === 'RS256')) {
    count.rs256 += 1
    if (accepts(() => verifySignatureOnly(vector, jwk))) count.rs256Accepted += 1
    else console.log(`rejected  ${vector.tcId} ${vector.comment}`)
    return
  }
  if (accepted) console.log(`accepted  ${vector.tcId} ${vector.result}: ${vector.comment}`)
  if (vector.result === 'invalid') {
    count.invalid += 1
    if (accepted) count.invalidAccepted += 1
  } else {
    count.others += 1
    if (accepted) count.othersAccepted += 1
  }
}

for (const file of process.argv.slice(2)) {
  const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] }
  for (const { public: publicJwk, private: privateJwk, keyJwk, tests } of testGroups) {
    const jwk = publicJwk ?? privateJwk ?? keyJwk
    if (!jwk) continue
    // A token is ASCII, so a message with other bytes cannot be in one.
    for (const vector of tests) if (/^(?:[0-7].)*$/.test(vector.msg ?? '')) run(vector, jwk)
  }
}
console.log(
  `${count.vectors} vectors: ${count.invalidAccepted} of ${count.invalid} invalid accepted, ` +
    `${count.rs256Accepted} of ${count.rs256} valid RS256 signatures accepted, ` +
    `${count.othersAccepted} of ${count.others} others (another algorithm, or not to be relied on) accepted.`,
)
const passed = count.invalidAccepted + count.othersAccepted === 0 && count.rs256Accepted === count.rs256
process.exitCode = count.vectors > 0 && passed ? 0 : 1
