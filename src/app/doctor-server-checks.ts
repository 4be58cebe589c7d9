import { shape } from '../auth/compact-jws.ts'
import { keysOf } from '../auth/fetch-jwks.ts'
import { readKid } from '../auth/jose-header.ts'
import { readKeys } from '../auth/jwks.ts'
import { KeySet } from '../auth/key-set.ts'
import { askRedis } from '../auth/redis-replay-store.ts'
import { TOLERANCE_SECONDS } from '../auth/validate-claims.ts'
import { checkSignature } from '../auth/verify-signature.ts'
import { createVerify } from '../auth/verify-token.ts'
import type { Config } from '../config/config.ts'
import { inspectDatabase } from '../database/inspect.ts'
import { BOUNDS, type Bounds } from '../doctor/http-probe.ts'
import type { Tools, Verdict } from '../doctor/server-checks.ts'
import { invalidToken, Refusal } from '../errors/api-error.ts'
import { REASONS } from '../errors/credential-errors.ts'
import { readSchema } from '../graphql/load-schema.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { describeRules } from '../scopes/describe-rules.ts'
import { lintedRules } from '../scopes/lint.ts'
import { satisfies } from '../scopes/rule.ts'
import { embeddedIssuer } from './authorization-server.ts'

/** The server's own checks, so that doctor never says otherwise than the API does. */
export function toolsOf(
  config: Config,
  clock: Clock = systemClock,
  bounds: Bounds = BOUNDS,
  nodeVersion = process.versions.node,
): Tools {
  const issuer = config.issuer ?? embeddedIssuer(config)
  // Never started: it fetches when a token needs a key, and leaves nothing behind that runs.
  const keys = new KeySet({
    ...config.keys,
    fetchKeys: keysOf(issuer, config.keys.timeoutMs),
    clock,
    random: () => 0,
    onFetch: () => undefined,
  })
  const verify = createVerify({ policy: { issuer, audience: config.audience }, findKey: keys.find, clock })
  const rules = lintedRules(readSchema())
  return Object.freeze({
    clock,
    nodeVersion,
    bounds,
    toleranceSeconds: TOLERANCE_SECONDS,
    keySizes: (document: unknown) =>
      [...readKeys(document).values()].map((key) => key.asymmetricKeyDetails?.modulusLength ?? 0),
    verify: (token: string) =>
      verdictOf(async () => {
        const { scopes, jkt } = await verify(token)
        return { scopes: [...scopes], bound: jkt !== undefined }
      }),
    verifySignature: (token: string) =>
      verdictOf(async () => {
        const segments = shape(token, invalidToken)
        checkSignature(segments, await keys.find(readKid(segments.header)))
        return { scopes: [], bound: false }
      }),
    opens: (scopes: readonly string[]) =>
      describeRules(rules).map((row) => ({
        field: row.coordinate,
        asks: row.scopes,
        open: satisfies(rules.get(row.coordinate) ?? [], new Set(scopes)),
      })),
    lookAtDatabase: inspectDatabase,
    askRedis,
  })
}

type Accepted = { readonly scopes: readonly string[]; readonly bound: boolean }

async function verdictOf(verified: () => Promise<Accepted>): Promise<Verdict> {
  try {
    return { accepted: true, ...(await verified()) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { reason } = error.details
    return reason === undefined
      ? { accepted: undefined }
      : { accepted: false, reason, words: REASONS[reason] }
  }
}
