import { parseCompactJws, validateJoseHeader } from '../auth/compact-jws.ts'
import { fetchJwks, parseJwks } from '../auth/jwks.ts'
import { KeySet } from '../auth/key-set.ts'
import { CLOCK_TOLERANCE_SECONDS, createVerifyToken, verifySignature } from '../auth/verify-token.ts'
import type { Config } from '../config/config.ts'
import { inspectDatabase } from '../database/inspect.ts'
import { DEFAULT_PROBE_LIMITS, type ProbeLimits } from '../doctor/http-probe.ts'
import type { ServerChecks, VerificationResult } from '../doctor/server-checks.ts'
import { ApiError, invalidToken } from '../errors/api-error.ts'
import { CREDENTIAL_ERROR_DESCRIPTIONS } from '../errors/credential-errors.ts'
import { loadSchema } from '../graphql/load-schema.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { inspectRedis } from '../lib/redis-client.ts'
import { describeRules, isSatisfied, readValidatedRules } from '../scopes/index.ts'
import { embeddedIssuerUrl } from './authorization-server.ts'

/** Builds doctor's checks from the code of the API, so that both give the same result. */
export function createServerChecks(
  config: Config,
  clock: Clock = systemClock,
  probeLimits: ProbeLimits = DEFAULT_PROBE_LIMITS,
  nodeVersion = process.versions.node,
): ServerChecks {
  const issuer = config.issuer ?? embeddedIssuerUrl(config)
  // Not started, so there is no timer: keys are fetched when a token needs one.
  const keys = new KeySet({
    ...config.keySet,
    fetchJwks: () => fetchJwks(issuer, config.keySet.timeoutMs),
    clock,
    random: () => 0,
    onFetch: () => undefined,
  })
  const verify = createVerifyToken({
    policy: { issuer, audience: config.audience },
    findKey: keys.find,
    clock,
  })
  const rules = readValidatedRules(loadSchema())
  return Object.freeze({
    clock,
    nodeVersion,
    probeLimits,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    readKeyBits: (document: unknown) =>
      [...parseJwks(document).values()].map((key) => key.asymmetricKeyDetails?.modulusLength ?? 0),
    verifyToken: (token: string) =>
      toVerificationResult(async () => {
        const { scopes, jkt } = await verify(token)
        return { scopes: [...scopes], isKeyBound: jkt !== undefined }
      }),
    verifySignature: (token: string) =>
      toVerificationResult(async () => {
        const segments = parseCompactJws(token, invalidToken)
        verifySignature(segments, await keys.find(validateJoseHeader(segments.header)))
        return { scopes: [], isKeyBound: false }
      }),
    listFieldAccess: (scopes: readonly string[]) =>
      describeRules(rules).map((row) => ({
        field: row.coordinate,
        requiredScopes: row.scopes,
        isAllowed: isSatisfied(rules.get(row.coordinate) ?? [], new Set(scopes)),
      })),
    inspectDatabase,
    inspectRedis,
  })
}

type AcceptedToken = { readonly scopes: readonly string[]; readonly isKeyBound: boolean }

async function toVerificationResult(verify: () => Promise<AcceptedToken>): Promise<VerificationResult> {
  try {
    return { accepted: true, ...(await verify()) }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { reason } = error.details
    // An outage of the issuer's keys is an ApiError without a reason.
    return reason === undefined
      ? { accepted: undefined }
      : { accepted: false, reason, description: CREDENTIAL_ERROR_DESCRIPTIONS[reason] }
  }
}
