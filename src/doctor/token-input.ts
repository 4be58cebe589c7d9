/** In characters; far above the size of any token. */
export const MAX_TOKEN_INPUT_LENGTH = 64 * 1024

/** A token, and descriptions of what surrounded it in the input. */
export type TokenInput = { readonly token: string; readonly wrappers: readonly string[] }

type Wrapper = {
  readonly description: string
  /** Returns the text inside the wrapper, or undefined if the text has no such wrapper. */
  readonly unwrap: (text: string) => string | undefined
}

/** Text that is often pasted along with a token, outermost first. */
const WRAPPERS: readonly Wrapper[] = [
  {
    description: 'the whole response of the token endpoint',
    unwrap: (text) => readJsonMember(text, /^access_token$/),
  },
  { description: 'headers as JSON', unwrap: (text) => readJsonMember(text, /^authorization$/i) },
  {
    description: 'the header name Authorization',
    unwrap: (text) => /^authorization\s*:\s*([\s\S]*)$/i.exec(text)?.[1],
  },
  { description: 'the scheme Bearer', unwrap: (text) => /^bearer[\s:]+([\s\S]*)$/i.exec(text)?.[1] },
  { description: 'the scheme DPoP', unwrap: (text) => /^dpop\s+([\s\S]*)$/i.exec(text)?.[1] },
  { description: 'quotes', unwrap: (text) => /^(["'`])([\s\S]*)\1[,;]?$/.exec(text)?.[2] },
  {
    description: 'whitespace or line breaks',
    unwrap: (text) => (/\s/.test(text) ? text.replace(/\s+/g, '') : undefined),
  },
]
const MAX_WRAPPERS = 8

/** Extracts the token from pasted text. */
export function parseTokenInput(text: string): TokenInput {
  let token = text.trim()
  const wrappers: string[] = []
  while (wrappers.length < MAX_WRAPPERS) {
    const wrapper = WRAPPERS.find(({ unwrap }) => unwrap(token) !== undefined)
    if (!wrapper) break
    wrappers.push(wrapper.description)
    token = (wrapper.unwrap(token) ?? '').trim()
  }
  return { token, wrappers }
}

/** Reads a string member of a JSON object, such as a token response (RFC 6749 §5.1) or the IDE's header editor. */
function readJsonMember(text: string, name: RegExp): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const [, value] = Object.entries(JSON.parse(text)).find(([key]) => name.test(key)) ?? []
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
