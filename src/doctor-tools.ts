import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { BOUNDS, type Bounds } from './doctor/ask.ts'
import type { Tools, Verdict } from './doctor/tools.ts'
import { REASONS } from './reasons.ts'
import { askRedis } from './redis.ts'
import { invalidToken, Refusal } from './refusal.ts'
import { readSchema } from './schema.ts'
import { describeRules } from './scopes/describe.ts'
import { lintedRules } from './scopes/lint.ts'
import { satisfies } from './scopes/rule.ts'
import { embeddedIssuer } from './start-issuer.ts'
import { inspectDatabase } from './store/inspect.ts'
import { TOLERANCE_SECONDS } from './token/claims.ts'
import { keysOf } from './token/fetch-keys.ts'
import { readKid } from './token/header.ts'
import { readKeys } from './token/jwks.ts'
import { KeySet } from './token/keys.ts'
import { shape } from './token/shape.ts'
import { checkSignature } from './token/signature.ts'
import { createVerify } from './token/verify.ts'

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
