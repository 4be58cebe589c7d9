// `npm run wycheproof -- FILE…`: runs files of Wycheproof's testvectors_v1 (https://github.com/C2SP/wycheproof) through
// the token check: json_web_signature_test.json, and rsa_signature_*_sha256_test.json for the signature step alone.
// Exit status: 0 nothing invalid was accepted and every valid RS256 signature was, 1 otherwise.
import { readFileSync } from 'node:fs'
import type { JWK } from 'jose'
import { parseCompactJws } from '../../src/auth/compact-jws.ts'
import { validateJoseHeader } from '../../src/auth/jose-header.ts'
import { parseJwks } from '../../src/auth/jwks.ts'
import { verifySignature } from '../../src/auth/verify-signature.ts'
import { ApiError, invalidToken } from '../../src/errors/api-error.ts'

type Test = { tcId: number; comment: string; result: string; jws?: string; msg?: string; sig?: string }
/** A group has one key; under one of three names, as the files go. */
type Group = { public?: JWK; private?: JWK; keyJwk?: JWK; tests: Test[] }

/** Whether it ends without a refusal; any other fault is ours and ends the run. */
function accepts(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

/** The key as an issuer would publish it under this id; a key set without a usable key refuses everything. */
function keyOf(jwk: JWK, kid: string) {
  try {
    const key = parseJwks({ keys: [{ ...jwk, kid }] }).get(kid)
    if (key) return key
  } catch {
    // Said below.
  }
  throw invalidToken('unknown_kid')
}

function throughThePath(jws: string, jwk: JWK): void {
  const segments = parseCompactJws(jws, invalidToken)
  verifySignature(segments, keyOf(jwk, validateJoseHeader(segments.header)))
}

/** Whatever the header says: the key's numbers, what was signed, and the signature. */
function signatureStep({ jws = '', msg, sig = '' }: Test, { n, e }: JWK): void {
  const dot = jws.lastIndexOf('.')
  const signed = msg === undefined ? jws.slice(0, dot) : Buffer.from(msg, 'hex').toString()
  const signature = msg === undefined ? jws.slice(dot + 1) : Buffer.from(sig, 'hex').toString('base64url')
  verifySignature(
    { header: '', payload: '', signingInput: signed, signature },
    keyOf({ kty: 'RSA', n, e } as JWK, 'k'),
  )
}

const count = {
  vectors: 0,
  invalid: 0,
  accepted: 0,
  rs256: 0,
  rs256Accepted: 0,
  others: 0,
  othersAccepted: 0,
}

function run(test: Test, jwk: JWK): void {
  count.vectors += 1
  const raw = test.msg !== undefined
  const passes = accepts(() => (raw ? signatureStep(test, jwk) : throughThePath(test.jws ?? '', jwk)))
  if (test.result === 'valid' && (raw || jwk.alg === 'RS256')) {
    count.rs256 += 1
    if (accepts(() => signatureStep(test, jwk))) count.rs256Accepted += 1
    else console.log(`refused   ${test.tcId} ${test.comment}`)
    return
  }
  if (passes) console.log(`accepted  ${test.tcId} ${test.result}: ${test.comment}`)
  const [all, accepted] =
    test.result === 'invalid' ? (['invalid', 'accepted'] as const) : (['others', 'othersAccepted'] as const)
  count[all] += 1
  if (passes) count[accepted] += 1
}

for (const file of process.argv.slice(2)) {
  const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] }
  for (const { public: open, private: secret, keyJwk, tests } of testGroups) {
    const jwk = open ?? secret ?? keyJwk
    // What is not text cannot be in a token.
    if (jwk) for (const test of tests) if (/^(?:[0-7].)*$/.test(test.msg ?? '')) run(test, jwk)
  }
}
console.log(
  `${count.vectors} vectors: ${count.accepted} of ${count.invalid} invalid accepted, ` +
    `${count.rs256Accepted} of ${count.rs256} valid RS256 signatures accepted, ` +
    `${count.othersAccepted} of ${count.others} others (another algorithm, or not to be relied on) accepted.`,
)
const right = count.accepted + count.othersAccepted === 0 && count.rs256Accepted === count.rs256
process.exitCode = count.vectors > 0 && right ? 0 : 1
