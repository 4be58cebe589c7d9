const WORDS =
  'river night garden stone winter silver letter house ocean mirror shadow summer golden silent journey island clock paper storm bridge forest window dancer station harbour'.split(
    ' ',
  )
const NAMES = 'Adler Brontë Čapek Dumas Eliot Fontane Gaskell Hardy Ibsen Jansson Keats Lagerlöf'.split(' ')

/** The first id that the first migrations leave free. */
export const FIRST_ID = 6
/** How many authors a catalogue of any size has, but for the smallest: their pages are of one size. */
const AUTHORS = 1_000

export type Row = {
  readonly id: number
  readonly title: string
  readonly author: string
  readonly cents: number
  readonly pages: number
}

const pick = (list: readonly string[], at: number) => list[at % list.length] ?? ''

/** The book at this place of the catalogue, from 0; the same in every run. */
export function bookAt(place: number): Row {
  const mixed = Math.imul(place + 1, 0x9e3779b1) >>> 0
  const words = [0, 5, 10, 15].map((shift) => pick(WORDS, mixed >>> shift))
  return {
    id: FIRST_ID + place,
    title: `The ${words.join(' ')} ${place}`,
    author: `${pick(NAMES, mixed >>> 3)} ${mixed % AUTHORS}`,
    cents: mixed % 10_000,
    pages: 1 + (mixed % 900),
  }
}
