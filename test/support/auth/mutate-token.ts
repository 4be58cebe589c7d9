import type { SeededRandom } from '../seeded-random.ts'

const BASE64URL_CHARACTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
const OTHER_CHARACTERS = [...'.=+/ ,;"\\{}%~\u00e9\u00ff\u00a0']
const MEMBERS: readonly Readonly<Record<string, unknown>>[] = [
  { alg: 'none' },
  { alg: 'HS256' },
  { alg: 'RS256' },
  { kid: 'k2' },
  { kid: '../../k1' },
  { typ: 'at+jwt' },
  { jwk: {} },
  { crit: ['exp'] },
  { exp: 1e300 },
  { exp: 9_999_999_999 },
  { scp: ['fakebookapi.read', 'fakebookapi.admin'] },
  { aud: ['api://default'] },
  { cnf: { jkt: 'x'.repeat(43) } },
  { sub: 'agatha@example.com' },
  // Parsed, because a literal `__proto__: …` sets the prototype.
  JSON.parse('{"__proto__":{"scp":["fakebookapi.admin"]}}'),
]

type Mutate = (token: string, random: SeededRandom) => string

const mutateCharacter =
  (mutate: (character: string, random: SeededRandom) => string): Mutate =>
  (token, random) => {
    const i = random.integerBelow(token.length)
    return token.slice(0, i) + mutate(token.charAt(i), random) + token.slice(i + 1)
  }

const mutateSegments =
  (mutate: (segments: string[], random: SeededRandom) => readonly string[]): Mutate =>
  (token, random) =>
    mutate(token.split('.'), random).join('.')

/** Sets a member of the header or the payload. */
const setMember: Mutate = (token, random) => {
  const segments = token.split('.')
  const index = random.integerBelow(2)
  const value = JSON.parse(Buffer.from(segments[index] ?? '', 'base64url').toString())
  const text = JSON.stringify({ ...value, ...random.pick(MEMBERS) }, null, random.integerBelow(3))
  return segments.with(index, Buffer.from(text).toString('base64url')).join('.')
}

const createRandomSegment = (random: SeededRandom) =>
  Buffer.from(Array.from({ length: random.integerBelow(400) }, () => random.integerBelow(256))).toString(
    'base64url',
  )

const MUTATIONS: readonly Mutate[] = [
  mutateCharacter((character, random) =>
    String.fromCharCode(character.charCodeAt(0) ^ (1 << random.integerBelow(8))),
  ),
  mutateCharacter((_, random) => random.pick(BASE64URL_CHARACTERS)),
  mutateCharacter((_, random) => random.pick(OTHER_CHARACTERS)),
  mutateCharacter(
    (character, random) => character + random.pick([...BASE64URL_CHARACTERS, ...OTHER_CHARACTERS]),
  ),
  mutateCharacter((character) => character + character),
  mutateCharacter(() => ''),
  (token, random) => token.slice(random.integerBelow(token.length)),
  (token, random) => token.slice(0, random.integerBelow(token.length)),
  setMember,
  mutateSegments((segments, random) => segments.with(random.integerBelow(3), random.pick(segments))),
  mutateSegments((segments, random) =>
    segments.toSpliced(random.integerBelow(4), random.integerBelow(2), random.pick(segments)),
  ),
  mutateSegments(([header = '', payload = ''], random) => [header, payload, createRandomSegment(random)]),
  (token) => Buffer.from(token).toString('base64url'),
]

/** The characters that a client can send in a header (RFC 9110 §5.5). Other bytes have rows of their own. */
const HEADER_VALUE = /^[\x20-\x7e\x80-\xff]*$/

/** Changes a token in one to three ways. The result differs from the token even after a server trims the header. */
export function mutateToken(token: string, random: SeededRandom): string {
  for (;;) {
    let mutated = token
    for (let times = 1 + random.integerBelow(3); times > 0; times--) mutated = tryMutation(mutated, random)
    if (mutated.trim() !== token && HEADER_VALUE.test(mutated)) return mutated
  }
}

/** Returns the token unchanged if a mutation needs a well-formed one. */
function tryMutation(token: string, random: SeededRandom): string {
  try {
    return random.pick(MUTATIONS)(token, random)
  } catch {
    return token
  }
}
