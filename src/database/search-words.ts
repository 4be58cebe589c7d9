/** The columns with the normalized words of a title and of an author, separated by spaces. */
export type WordColumn = 'words' | 'author_words'

/** A condition that the words of a column include one with this prefix. */
export type WordPrefix = { readonly column: WordColumn; readonly prefix: string }

/** Words are cut here: no title needs longer ones, and an index entry has a size limit. */
const MAX_WORD_LENGTH = 100

/** Most texts, which need no normalization. */
const ASCII = /^[\x20-\x7e]*$/

/**
 * Splits a text into the words by which books are searched: runs of letters and digits (Unicode L, N and M), in lower
 * case and without accents. Done here and not in SQL, so that both databases return the same results.
 */
export function tokenize(text: string): string[] {
  const words = ASCII.test(text)
    ? text.toLowerCase().match(/[a-z0-9]+/g)
    : normalize(text).match(/[\p{L}\p{N}\p{M}]+/gu)
  return (words ?? []).map((word) =>
    word.length > MAX_WORD_LENGTH ? [...word].slice(0, MAX_WORD_LENGTH).join('') : word,
  )
}

const normalize = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    // Two forms of one letter: the first is written at the end of a word.
    .replaceAll('ς', 'σ')

/** Returns the words of a text as the value of a word column. */
export const joinWords = (text: string): string => tokenize(text).join(' ')
