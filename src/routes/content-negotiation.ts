type MediaRange = { readonly type: string; readonly quality: number }

const JSON_TYPES = ['application/json', 'application/graphql-response+json']

/** Parses media ranges with their weights (RFC 9110 §12.5.1); an invalid weight counts as 1. */
const parseAccept = (accept: string): MediaRange[] =>
  accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase())
    const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)
    return { type, quality: Number.isNaN(quality) ? 1 : quality }
  })

/** Returns the weight of a media type: the most specific range that matches it decides. */
const qualityOf = (ranges: readonly MediaRange[], type: string) =>
  [type, `${type.split('/')[0]}/*`, '*/*']
    .map((name) => ranges.find((range) => range.type === name))
    .find((range) => range !== undefined)?.quality ?? 0

/** Tests whether a client prefers HTML to JSON: it names `text/html`, and no JSON type with the same weight. */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = parseAccept(accept ?? '')
  const html = ranges.find((range) => range.type === 'text/html')?.quality ?? 0
  const json = Math.max(...JSON_TYPES.map((type) => qualityOf(ranges, type)))
  const namesJson = ranges.some((range) => JSON_TYPES.includes(range.type) && range.quality === html)
  return html > 0 && html >= json && !namesJson
}
