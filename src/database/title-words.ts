/** Words are cut here: no title needs longer ones, and an index entry has a size limit. */
const MAX_WORD_LENGTH = 100

/**
 * Splits a text into the words by which titles are searched: runs of letters and digits (Unicode L, N and M), in lower
 * case and without accents. Done here and not in SQL, so that both databases return the same results.
 */
export function tokenizeTitle(text: string): string[] {
  const normalized = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    // Two forms of one letter: the first is written at the end of a word.
    .replaceAll('ς', 'σ')
  return (normalized.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) =>
    [...word].slice(0, MAX_WORD_LENGTH).join(''),
  )
}
