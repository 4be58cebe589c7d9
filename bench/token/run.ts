/**
 * `npm run bench:token`: what the token check costs, in this process and without a socket: a token that is remembered,
 * one that is not, and each kind that is refused, in turn, in one run. The report goes to stdout as Markdown.
 */

import { KeySet } from '../../src/auth/key-set.ts'
import { cacheVerifiedTokens } from '../../src/auth/verified-token-cache.ts'
import { createVerifyToken } from '../../src/auth/verify-token.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { INVALID_CLAIMS } from '../../test/cases/auth/invalid-claims.ts'
import { INVALID_TOKENS } from '../../test/cases/auth/tokens.ts'
import { mutateToken } from '../../test/support/auth/mutate-token.ts'
import { createSeededRandom } from '../../test/support/seeded-random.ts'
import { startStubIssuer } from '../../test/support/stub-issuer.ts'
import { median } from '../http/statistics.ts'

const ROUNDS = 9
/** Rounds that warm the machine and are not counted. */
const WARM_UP = 2
const FIRST_CHECKS = 1_000
const HITS = 100_000
const REFUSALS = 500
const MUTATED = 100_000

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
const policy = { issuer: issuer.url, audience: 'api://default' }
const plain = createVerifyToken({ policy, findKey: keys.find, clock: systemClock })
/** With an empty memory. */
const fresh = () =>
  cacheVerifiedTokens(plain, {
    clock: systemClock,
    maxEntries: 10_000,
    getKeySetGeneration: () => keys.generation,
    onHit: () => undefined,
  })

/** Microseconds of CPU that a token takes, of all threads. */
async function cost(
  verify: (token: string) => unknown,
  tokens: readonly string[],
  times: number,
  good: boolean,
): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) {
    const accepted = await Promise.resolve(verify(tokens[i % tokens.length] ?? '')).then(
      () => true,
      (error) => {
        if (error instanceof ApiError) return false
        throw error
      },
    )
    if (accepted !== good)
      throw new Error(`${tokens[i % tokens.length]} was ${accepted ? 'accepted' : 'refused'}`)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

const distinct = await Promise.all(
  Array.from({ length: FIRST_CHECKS }, (_, i) => issuer.signToken({ jti: `AT.${i}` })),
)
const refused = await Promise.all(
  [...INVALID_TOKENS, ...INVALID_CLAIMS]
    // What is refused with its key in hand is bound, which is looked at behind this check.
    .filter(({ id }) => id !== 'auth/T24a')
    .map(async ({ id, title, createToken }) => ({
      name: `${id} ${title}`,
      token: await createToken(issuer),
      costs: [] as number[],
    })),
)
const filler = 'x'.repeat(5_500)
const large = await Promise.all(
  Array.from({ length: 100 }, (_, i) => issuer.signToken({ jti: `AT.${i}`, filler })),
)
const largeAndWrong = large.map((token) => `${token.slice(0, -4)}AAAA`)
const [larges, largeWrongs]: [number[], number[]] = [[], []]
const good = distinct[0] ?? ''
const warm = fresh()
const hits: number[] = []
const firsts: number[] = []
for (let round = 0; round < WARM_UP + ROUNDS; round++) {
  firsts.push(await cost(fresh(), distinct, FIRST_CHECKS, true))
  hits.push(await cost(warm, [good], HITS, true))
  larges.push(await cost(fresh(), large, large.length, true))
  const verify = fresh()
  largeWrongs.push(await cost(verify, largeAndWrong, REFUSALS, false))
  for (const { token, costs } of refused) costs.push(await cost(verify, [token], REFUSALS, false))
}
const chance = createSeededRandom(1)
const wild = Array.from({ length: MUTATED }, () => mutateToken(good, chance))
const mutatedCost = await cost(fresh(), wild, MUTATED, false)
await issuer.close()
keys.stop()

const usual = (costs: readonly number[]) => median(costs.slice(WARM_UP))
const first = usual(firsts)
const row = (name: string, value: number) =>
  console.log(`| ${name} | ${value.toFixed(2)} | ${(value / first).toFixed(2)} |`)
console.log(
  `Node ${process.version}; medians of ${ROUNDS} rounds in turn; a token of ${good.length} letters, RS256 with 2048 bits.\n`,
)
console.log('| a token that is … | CPU µs | of a first check |\n| --- | ---: | ---: |')
row('good, checked for the first time', first)
row('good, and remembered', usual(hits))
row(`good, of ${large[0]?.length} letters, checked for the first time`, usual(larges))
row('refused: as large, with a wrong signature', usual(largeWrongs))
row(`mutated at random, mean of ${MUTATED}`, mutatedCost)
const dearest = [...refused].sort((a, b) => usual(b.costs) - usual(a.costs)).slice(0, 8)
for (const { name, costs } of dearest) row(`refused: ${name}`, usual(costs))
row(
  `refused: median of the ${refused.length} rows of test/cases`,
  median(refused.map(({ costs }) => usual(costs))),
)
