import { KeySet } from '../../src/auth/key-set.ts'
import { cacheVerifiedTokens } from '../../src/auth/verified-token-cache.ts'
import { createVerifyToken } from '../../src/auth/verify-token.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { INVALID_CLAIMS } from '../../test/cases/auth/invalid-claims.ts'
import { INVALID_TOKENS } from '../../test/cases/auth/tokens.ts'
import { mutateToken } from '../../test/support/auth/mutate-token.ts'
import { createSeededRandom } from '../../test/support/seeded-random.ts'
import { type StubIssuer, startStubIssuer } from '../../test/support/stub-issuer.ts'
import { markdownTable } from '../support/report.ts'
import { median } from '../support/statistics.ts'

const ROUNDS = 9
const WARM_UP_ROUNDS = 2
const DISTINCT_TOKENS = 1_000
const LARGE_TOKENS = 100
const CACHE_HITS = 100_000
const REJECTIONS = 500
const MUTATIONS = 10_000
const SHOWN_REJECTIONS = 8

/** A kind of token, and its CPU time in each round. */
interface TokenRow {
  readonly name: string
  readonly tokens: readonly string[]
  readonly checks: number
  readonly isValid: boolean
  readonly micros: number[]
}

/** Prints the CPU time of the token check in this process: cached, first check, and each kind of rejection, in turn. */
export async function runToken(): Promise<void> {
  const issuer = await startStubIssuer()
  const keys = new KeySet({
    fetchJwks: async () => ({ keys: issuer.state.keys }),
    clock: systemClock,
    random: Math.random,
    refreshMs: 300_000,
    outageMs: 3_600_000,
    onFetch: () => undefined,
  })
  await keys.start()
  const policy = { issuer: issuer.url, audience: 'api://default', scopeClaims: ['scp', 'scope'] }
  const verifyToken = createVerifyToken({ policy, findKey: keys.find, clock: systemClock })
  const getKeySetGeneration = () => keys.generation
  const cacheOptions = { clock: systemClock, maxEntries: 10_000, getKeySetGeneration, onHit: () => undefined }
  const createVerify = () => cacheVerifiedTokens(verifyToken, cacheOptions)

  const { rows, cached, rejected } = await createRows(issuer)
  const warmVerify = createVerify()
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++)
    for (const row of [...rows, ...rejected])
      row.micros.push(await measureMicros(row === cached ? warmVerify : createVerify(), row))
  keys.stop()
  await issuer.close()

  const medianMicros = ({ micros }: TokenRow) => median(micros.slice(WARM_UP_ROUNDS))
  const firstMicros = medianMicros(rows[0] as TokenRow)
  const line = (name: string, micros: number) => ({
    'a token that is …': name,
    'CPU µs': micros.toFixed(2),
    'of a first verification': (micros / firstMicros).toFixed(2),
  })
  const slowest = rejected.toSorted((a, b) => medianMicros(b) - medianMicros(a)).slice(0, SHOWN_REJECTIONS)
  const lines = [...rows, ...slowest].map((row) => line(row.name, medianMicros(row)))
  const medianRejection = median(rejected.map(medianMicros))
  lines.push(line(`rejected: median of the ${rejected.length} rows of test/cases`, medianRejection))
  const characters = cached.tokens[0]?.length
  console.log(
    `Node ${process.version}; medians of ${ROUNDS} rounds in turn; a token of ${characters} characters, RS256 with 2048 bits.\n`,
  )
  console.log(markdownTable(lines))
}

async function createRows(issuer: StubIssuer) {
  const row = (
    name: string,
    tokens: readonly string[],
    isValid: boolean,
    checks = tokens.length,
  ): TokenRow => ({ name, tokens, isValid, checks, micros: [] })
  const signTokens = (count: number, claims: object = {}) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => issuer.signToken({ jti: `AT.${index}`, ...claims })),
    )
  const distinct = await signTokens(DISTINCT_TOKENS)
  const large = await signTokens(LARGE_TOKENS, { filler: 'x'.repeat(5_500) })
  const [valid = ''] = distinct
  const random = createSeededRandom(1)
  const mutated = Array.from({ length: MUTATIONS }, () => mutateToken(valid, random))
  const cached = row('valid, cached', [valid], true, CACHE_HITS)
  const forgedLarge = large.map((token) => `${token.slice(0, -4)}AAAA`)
  const rows = [
    row('valid, first verification', distinct, true),
    cached,
    row(`valid, of ${large[0]?.length} characters, first verification`, large, true),
    row('rejected: as large, with a wrong signature', forgedLarge, false),
    row(`mutated at random, mean of ${MUTATIONS}`, mutated, false),
  ]
  const rejected: TokenRow[] = []
  // A bound token is rejected behind this check.
  for (const { id, title, createToken } of [...INVALID_TOKENS, ...INVALID_CLAIMS])
    if (id !== 'auth/T24a')
      rejected.push(row(`rejected: ${id} ${title}`, [await createToken(issuer)], false, REJECTIONS))
  return { rows, cached, rejected }
}

/** Returns microseconds of CPU for each check. @throws Error when a check ends otherwise than the row says */
async function measureMicros(
  verify: (token: string) => unknown,
  { name, tokens, checks, isValid }: TokenRow,
) {
  const before = process.cpuUsage()
  for (let index = 0; index < checks; index++) {
    const accepted = await Promise.resolve(verify(tokens[index % tokens.length] ?? '')).then(
      () => true,
      (error) => {
        if (error instanceof ApiError) return false
        throw error
      },
    )
    if (accepted !== isValid) throw new Error(`${name}: ${accepted ? 'accepted' : 'rejected'}`)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / checks
}
