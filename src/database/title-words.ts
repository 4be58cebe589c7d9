/** No title needs longer words, and no index takes words without end. */
const MOST_LETTERS = 100
/** More words than this narrow nothing down. */
const MOST_WORDS = 20

/**
 * The words of a text, as titles are searched by: in lower case and without accents, so that both databases answer alike.
 * @returns each run of letters and digits (Unicode L, N and M), in the order of the text
 */
export function tokenizeTitle(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    // One letter, which is written otherwise at the end of a word.
    .replaceAll('ς', 'σ')
  return (plain.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => [...word].slice(0, MOST_LETTERS).join(''))
}

/** What a title is searched for: each of these begins one of its words. */
export const parseSearchWords = (text: string): string[] =>
  [...new Set(tokenizeTitle(text))].slice(0, MOST_WORDS)
