const WORDS =
  'river night garden stone winter silver letter house ocean mirror shadow summer golden silent journey island clock paper storm bridge forest window dancer station harbour'.split(
    ' ',
  )
const NAMES = 'Adler Brontë Čapek Dumas Eliot Fontane Gaskell Hardy Ibsen Jansson Keats Lagerlöf'.split(' ')

/** The first id after those of the migrations' own books. */
export const FIRST_FREE_ID = 6
/** The same for every catalogue size, so that an author's page grows with the catalogue. */
const AUTHORS = 1_000

export interface CatalogueBook {
  readonly id: number
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly pages: number
}

/** Returns the catalogue's book at an index from 0; the same in every run. */
export function catalogueBook(index: number): CatalogueBook {
  const hash = Math.imul(index + 1, 0x9e3779b1) >>> 0
  const words = [0, 5, 10, 15].map((shift) => pick(WORDS, hash >>> shift))
  return {
    id: FIRST_FREE_ID + index,
    title: `The ${words.join(' ')} ${index}`,
    author: `${pick(NAMES, hash >>> 3)} ${hash % AUTHORS}`,
    cents: hash % 10_000,
    pages: 1 + (hash % 900),
  }
}

/** Formats a price digit by digit, without the rounding of floating point arithmetic. */
export function formatDollars(cents: number): string {
  const digits = String(cents).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

const pick = (list: readonly string[], index: number) => list[index % list.length] ?? ''
