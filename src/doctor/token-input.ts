/** Characters; far more than any token has. */
export const MAX_TOKEN_INPUT_LENGTH = 64 * 1024

/** What was pasted: the token, and what was around it. */
export type TokenInput = { readonly token: string; readonly wrappers: readonly string[] }

type Peel = readonly [what: string, inside: (text: string) => string | undefined]

/** What people paste along, from the outside in. */
const PEELS: readonly Peel[] = [
  ['the token endpoint’s whole answer around it', (text) => inObject(text, /^access_token$/)],
  ['headers as JSON around it', (text) => inObject(text, /^authorization$/i)],
  ['the name of the header before it', (text) => /^authorization\s*:\s*([\s\S]*)$/i.exec(text)?.[1]],
  ['the word Bearer before it', (text) => /^bearer[\s:]+([\s\S]*)$/i.exec(text)?.[1]],
  ['the word DPoP before it', (text) => /^dpop\s+([\s\S]*)$/i.exec(text)?.[1]],
  ['quotes around it', (text) => /^(["'`])([\s\S]*)\1[,;]?$/.exec(text)?.[2]],
  ['white space or line breaks in it', (text) => (/\s/.test(text) ? text.replace(/\s+/g, '') : undefined)],
]
const MOST_PEELS = 8

/** Takes off what is around a token. */
export function parseTokenInput(text: string): TokenInput {
  let token = text.trim()
  const around: string[] = []
  for (let i = 0; i < MOST_PEELS; i++) {
    const peel = PEELS.map(([what, inside]) => [what, inside(token)] as const).find(
      ([, inside]) => inside !== undefined,
    )
    if (peel?.[1] === undefined) break
    around.push(peel[0])
    token = peel[1].trim()
  }
  return { token, wrappers: around }
}

/** RFC 6749 §5.1, or what the IDE’s header editor holds. */
function inObject(text: string, name: RegExp): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const [, value] = Object.entries(JSON.parse(text)).find(([key]) => name.test(key)) ?? []
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
