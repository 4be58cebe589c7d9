// Documents whose planning must cost no more than a few steps for each pair of selection and object type.

/** A document on a schema in which `n` returns an interface with this number of guarded implementers. Ids are permanent. */
export type LargeDocument = {
  readonly id: string
  readonly title: string
  readonly implementers: number
  readonly document: string
  /** The number of denials for a caller without scopes whose conditions include everything. */
  readonly denialCount: number
}

const repeat = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ')
const query = (conditions: number, body: string, fragments = '') =>
  `query (${repeat(conditions, (i) => `$v${i}: Boolean!`)}) { ${body} } ${fragments}`
const nest = (depth: number, condition: (i: number) => string) =>
  `${repeat(depth, (i) => `n ${condition(i)} {`)} x ${'}'.repeat(depth)}`

export const LARGE_DOCUMENTS: readonly LargeDocument[] = [
  {
    id: 'scopes/P01',
    title: 'many conditional selections below an interface',
    implementers: 200,
    document: query(48, `n { ${repeat(48, (i) => `k${i}: x @include(if: $v${i})`)} }`),
    denialCount: 200,
  },
  {
    id: 'scopes/P02',
    title: 'conditional selections below conditional selections',
    implementers: 50,
    document: query(
      48,
      `n { ${repeat(48, (i) => `k${i}: n @include(if: $v${i}) { x @include(if: $v0) }`)} }`,
    ),
    denialCount: 50,
  },
  {
    id: 'scopes/P03',
    title: 'conditional fields nested in each other',
    implementers: 50,
    document: query(
      10,
      nest(10, (i) => `@include(if: $v${i})`),
    ),
    denialCount: 50,
  },
  {
    id: 'scopes/P04',
    title: 'unconditional fields nested in each other',
    implementers: 200,
    document: `{ ${nest(10, () => '')} }`,
    denialCount: 200,
  },
  {
    id: 'scopes/P05',
    title: 'a chain of 1,000 fragments, each spread conditionally by the one before',
    implementers: 2,
    document: query(
      1000,
      'n { ...F0 }',
      repeat(1000, (i) => `fragment F${i} on N { x ${i < 999 ? `...F${i + 1} @include(if: $v${i})` : 'y'} }`),
    ),
    denialCount: 4,
  },
  {
    id: 'scopes/P06',
    title: 'a chain of 5,000 fragments',
    implementers: 2,
    document: query(
      1,
      'n { ...F0 }',
      repeat(5_000, (i) => `fragment F${i} on N { ${i < 4_999 ? `...F${i + 1} @include(if: $v0)` : 'y'} }`),
    ),
    denialCount: 4,
  },
  {
    id: 'scopes/P07',
    title: 'one large fragment that is spread many times, each time under another condition',
    implementers: 2,
    document: query(
      200,
      `n { ${repeat(200, (i) => `...F @include(if: $v${i})`)} }`,
      `fragment F on N { ${repeat(200, (i) => `k${i}: y @skip(if: $w)`)} }`,
    ).replace('(', '($w: Boolean = false '),
    denialCount: 4,
  },
  {
    id: 'scopes/P08',
    title: 'fragments that each spread all later ones, conditionally and not',
    implementers: 2,
    document: query(
      50,
      'n { ...F0 }',
      repeat(
        50,
        (i) =>
          `fragment F${i} on N { y ${repeat(49 - i, (k) => `...F${i + k + 1} n { ...F${i + k + 1} @include(if: $v${k}) }`)} }`,
      ),
    ),
    denialCount: 4,
  },
]
