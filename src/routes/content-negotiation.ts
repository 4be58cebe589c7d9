type Range = { readonly type: string; readonly quality: number }

/** RFC 9110 §12.5.1: media ranges with their weights; what is no weight counts as 1. */
const rangesOf = (accept: string): Range[] =>
  accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase())
    const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)
    return { type, quality: Number.isNaN(quality) ? 1 : quality }
  })

/** The weight of a type: the range that names it most exactly counts. */
const weight = (ranges: readonly Range[], type: string) =>
  [type, `${type.split('/')[0]}/*`, '*/*']
    .map((name) => ranges.find((range) => range.type === name))
    .find((range) => range !== undefined)?.quality ?? 0

const JSON_TYPES = ['application/json', 'application/graphql-response+json']

/** Whether a client asks for a page rather than for data: it names HTML, and nothing of ours that it would like as much. */
export function prefersHtml(accept: string | undefined): boolean {
  const ranges = rangesOf(accept ?? '')
  const html = ranges.find((range) => range.type === 'text/html')?.quality ?? 0
  const json = Math.max(...JSON_TYPES.map((type) => weight(ranges, type)))
  const named = ranges.some((range) => JSON_TYPES.includes(range.type) && range.quality === html)
  return html > 0 && html >= json && !named
}
