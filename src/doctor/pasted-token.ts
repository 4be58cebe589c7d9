import { decodeJwt, decodeProtectedHeader } from 'jose'

/** In characters; far above the size of any token. */
export const MAX_TOKEN_INPUT_LENGTH = 64 * 1024

/** Text that is often pasted along with a token, outermost first. */
const WRAPPERS = [
  {
    description: 'the whole response of the token endpoint',
    pattern: /^\{.*"access_token"\s*:\s*"(?<inner>[^"]*)"/s,
  },
  { description: 'headers as JSON', pattern: /^\{.*"authorization"\s*:\s*"(?<inner>[^"]*)"/is },
  { description: 'the header name Authorization', pattern: /^authorization\s*:(?<inner>.*)$/is },
  { description: 'the scheme Bearer', pattern: /^bearer[\s:]+(?<inner>.*)$/is },
  { description: 'the scheme DPoP', pattern: /^dpop\s+(?<inner>.*)$/is },
  { description: 'quotes', pattern: /^(["'`])(?<inner>.*)\1[,;]?$/s },
]
const MAX_WRAPPERS = 8

/** Extracts the token from pasted text, and describes what surrounded it. */
export function parseTokenInput(text: string): {
  readonly token: string
  readonly wrappers: readonly string[]
} {
  let token = text.trim()
  const wrappers: string[] = []
  while (wrappers.length < MAX_WRAPPERS) {
    const wrapper = WRAPPERS.find(({ pattern }) => pattern.test(token))
    if (!wrapper) break
    wrappers.push(wrapper.description)
    token = wrapper.pattern.exec(token)?.groups?.inner?.trim() ?? ''
  }
  if (/\s/.test(token)) wrappers.push('whitespace or line breaks')
  return { token: token.replace(/\s+/g, ''), wrappers }
}

/** Decodes header and claims of a JWT without verifying it. Returns undefined if they are not JSON objects. */
export function decodeUnverifiedJwt(token: string) {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) }
  } catch {
    return undefined
  }
}

/** Formats the value of a claim for a message. */
export const formatClaim = (claim: unknown): string =>
  typeof claim === 'string' ? claim : (JSON.stringify(claim) ?? 'missing')
