import { parseConfig } from '../../src/config/config.ts'
import { openDatabase } from '../../src/database/database.ts'
import { ApiError } from '../../src/errors/api-error.ts'
import { startApolloServer } from '../../src/graphql/apollo-server.ts'
import { createApiScopes, loadSchema } from '../../src/graphql/load-schema.ts'
import { resolvers } from '../../src/graphql/resolvers.ts'
import { withoutInstrumentation } from '../../src/lib/instrument.ts'
import { createContextWithScopes } from '../../test/support/authorization-plugin.ts'
import { createSeededRandom, type SeededRandom } from '../../test/support/seeded-random.ts'
import { log, markdownTable } from '../support/report.ts'
import { type Choice, SHAPES, writeDocument, writePlainDocument } from './shapes.ts'

/** The most that a document may cost, compared with a plain document of the same length. */
const MAX_RATIO = 5
const MAX_SIZE = 700
const MAX_BODY = 250_000
const SHOWN = 12
const WARM_UP_CALLS = 300
const SEARCH_CALLS = 5
const FINAL_CALLS = 60
const SHAPE_NAMES = Object.keys(SHAPES)

type Options = {
  /** Documents that the search tries. */
  readonly count: number
  readonly seed: number
}

type Choices = readonly Choice[]
type Tried = { readonly choices: Choices; readonly ratio: number }

/**
 * Searches for the documents that cost the most compared with a plain document of the same length: limits, parsing,
 * validation, plan, and the formatting of errors. Each is new, and the caller has no scopes, so that none is executed.
 * @returns whether the goal is met
 */
export async function runDocuments({ count, seed }: Options): Promise<boolean> {
  const random = createSeededRandom(seed)
  const { measure, close } = await createMeasurement()
  async function compare(choices: Choices, calls: number) {
    const measured = await measure(calls, (salt) => writeDocument(choices, salt))
    const plain = await measure(calls, (salt) => writePlainDocument(measured.characters, salt))
    return { ...measured, ratio: measured.milliseconds / plain.milliseconds }
  }

  /** The costliest first. */
  const tried: Tried[] = []
  async function tryOut(choices: Choices) {
    if (writeDocument(choices, '').length > MAX_BODY) return
    let { ratio } = await compare(choices, SEARCH_CALLS)
    if (ratio > (tried[SHOWN]?.ratio ?? 0)) ratio = (await compare(choices, FINAL_CALLS)).ratio
    tried.push({ choices, ratio })
    tried.sort((one, other) => other.ratio - one.ratio)
    if (tried.length % 500 === 0)
      log(`${tried.length} documents, ${tried[0]?.ratio.toFixed(1)} times at most`)
  }

  await measure(WARM_UP_CALLS, (salt) => writePlainDocument(4_000, salt))
  for (const shape of SHAPE_NAMES)
    for (const size of [20, 90, 350]) await tryOut([{ shape, size, width: random.integerBelow(12) + 1 }])
  while (tried.length < count) await tryOut(random.chance(0.3) ? createChoices(random) : vary(random, tried))

  const rows: Readonly<Record<'document' | 'characters' | 'code' | 'ms' | 'ratio', string | number>>[] = []
  const costliest = [...Map.groupBy(tried, describeKind).values()].flatMap((kind) => kind.slice(0, 1))
  for (const { choices } of costliest.slice(0, SHOWN)) {
    const { characters, milliseconds, code, ratio } = await compare(choices, FINAL_CALLS)
    const document = choices.map(({ shape, size, width }) => `${shape} (${size}, ${width})`).join('; ')
    rows.push({ document, characters, code, ms: milliseconds.toFixed(1), ratio: Number(ratio.toFixed(1)) })
  }
  await close()
  console.log(
    `Node ${process.version}, seed ${seed}: the costliest of ${count} new documents, by kind, and their cost compared with ` +
      `a plain document of the same length; CPU time of the thread, means of ${FINAL_CALLS} calls. The goal is at most ${MAX_RATIO}.\n`,
  )
  console.log(markdownTable(rows))
  return rows.every(({ ratio }) => Number(ratio) <= MAX_RATIO)
}

const describeKind = ({ choices }: Tried) => String([...new Set(choices.map(({ shape }) => shape))].sort())

const createChoices = (random: SeededRandom): Choices =>
  Array.from({ length: 1 + random.integerBelow(3) }, () => ({
    shape: random.pick(SHAPE_NAMES),
    size: 1 + random.integerBelow(random.pick([10, 60, MAX_SIZE])),
    width: 1 + random.integerBelow(random.pick([3, 20, 200])),
  }))

/** Changes one of the costliest documents: a size, or a part that is added. */
function vary(random: SeededRandom, tried: readonly Tried[]): Choices {
  const { choices } = random.pick(tried.slice(0, 40))
  if (choices.length < 3 && random.chance(0.15)) return [...choices, ...createChoices(random).slice(0, 1)]
  const changed = random.pick(choices)
  const scale = (value: number) =>
    Math.max(1, Math.round(value * random.pick([0.5, 0.8, 0.95, 1, 1.05, 1.3, 2])))
  const { shape, size, width } = changed
  return choices.map((choice) =>
    choice === changed ? { shape, size: scale(size), width: scale(width) } : choice,
  )
}

/** Returns a function that executes a new document and measures it. */
async function createMeasurement() {
  const config = parseConfig({})
  const database = await openDatabase('file::memory:')
  const server = await startApolloServer({
    scopes: createApiScopes(loadSchema(), resolvers),
    getMetadataUrl: () => 'https://localhost/',
    deniedFields: 'reject',
    introspection: config.introspection,
    hideSchemaDetails: false,
    documentLimits: config.documentLimits,
    trustedDocuments: { mode: 'off', documents: [] },
    maxJsonDepth: config.http.maxJsonDepth,
    logError: () => {},
    instrument: withoutInstrumentation,
  })
  const context = createContextWithScopes(database)
  let salt = 0
  async function measure(calls: number, write: (salt: string) => string) {
    const queries = Array.from({ length: calls }, () => {
      salt += 1
      return write(`Q${salt}`)
    })
    let body = ''
    const before = process.threadCpuUsage()
    for (const query of queries)
      body = await server.execute({ query }, context).then(
        ({ errors }) => JSON.stringify({ errors }),
        (error) => (error instanceof ApiError ? error.details.code : String(error)),
      )
    const { user, system } = process.threadCpuUsage(before)
    return {
      milliseconds: (user + system) / 1_000 / calls,
      characters: queries[0]?.length ?? 0,
      code: /[A-Z]+_[A-Z_]+|FORBIDDEN/.exec(body)?.[0] ?? 'none',
    }
  }
  return { measure, close: () => Promise.all([server.stop(), database.destroy()]) }
}
