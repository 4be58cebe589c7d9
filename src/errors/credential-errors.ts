/**
 * The descriptions of every reason to reject credentials: sent as `error_description` (RFC 6750 §3), and counted under
 * their names. The set is closed, so that no client input becomes a metric label or a header. A description says which
 * check failed but never what the expected value was.
 */
export const CREDENTIAL_ERROR_DESCRIPTIONS = {
  query: 'a token in the query string is not accepted',
  form: 'a token in a form is not accepted',
  two_headers: 'more than one Authorization header',
  not_one_token: 'the Authorization header is not a scheme and one token',
  // Format of a token or proof.
  too_large: 'it is larger than 8 KiB',
  not_three_parts: 'it is not a signed JWT of three parts',
  not_canonical: 'it is not canonical base64url',
  not_json: 'its header or payload is not a JSON object in UTF-8',
  duplicate_member: 'its header or payload has a duplicate member',
  escaped_member: 'its header or payload has a member name with a backslash',
  // JOSE header.
  algorithm: 'its alg is not accepted',
  header: 'its header has a parameter that is not accepted',
  type: 'its typ is not accepted',
  no_kid: 'its kid is missing or malformed',
  unknown_kid: 'it is signed with a key that the issuer does not publish',
  signature: 'its signature is wrong',
  // Claims.
  issuer: 'it is from another issuer',
  audience: 'it is for another audience',
  no_expiry: 'its exp is missing',
  not_a_time: 'its exp, iat or nbf is not a time',
  expired: 'it has expired',
  not_yet_valid: 'it is not valid yet',
  not_text: 'its sub or cid is missing, is not a string, or contains NUL or an unpaired surrogate',
  scopes: 'its scope claim is not a list of scopes',
  confirmation: 'its cnf is not the thumbprint of a key (jkt)',
  // Binding to a key.
  bound: 'it is bound to a key and cannot be used as a bearer token',
  not_bound: 'it is not bound to a key',
  bearer: 'bearer tokens are not accepted: bind the token to a key and send it with a DPoP proof',
  // DPoP proof.
  proof_count: 'there is not exactly one DPoP header',
  proof_key: 'its jwk is not a public key for its alg',
  proof_claims: 'its jti, htm, htu, iat or ath is missing or has the wrong type',
  proof_method: 'its htm is not the method of the request',
  proof_url: 'its htu is not the URL of the request',
  proof_token: 'its ath is not the hash of the access token',
  proof_other_key: 'it is signed with another key than the access token is bound to',
  proof_time: 'its iat is too far from the current time',
  proof_replayed: 'it was used before',
  proof_limit: 'this client sent too many proofs',
  nonce: 'the proof must contain the nonce of this response',
} as const

export type CredentialErrorReason = keyof typeof CREDENTIAL_ERROR_DESCRIPTIONS
