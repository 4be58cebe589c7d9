import type { SeededRandom } from '../seeded-random.ts'

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
const STRANGE = [...'.=+/ ,;"\\{}%~\u00e9\u00ff\u00a0']
const MEMBERS: readonly (readonly [string, unknown])[] = [
  ['alg', 'none'],
  ['alg', 'HS256'],
  ['alg', 'RS256'],
  ['kid', 'k2'],
  ['kid', '../../k1'],
  ['typ', 'at+jwt'],
  ['jwk', {}],
  ['crit', ['exp']],
  ['exp', 1e300],
  ['exp', 9_999_999_999],
  ['scp', ['fakebookapi.read', 'fakebookapi.admin']],
  ['aud', ['api://default']],
  ['cnf', { jkt: 'x'.repeat(43) }],
  ['sub', 'agatha@example.com'],
  ['__proto__', { scp: ['fakebookapi.admin'] }],
]

type Mutate = (token: string, random: SeededRandom) => string
const at =
  (change: (letter: string, random: SeededRandom) => string): Mutate =>
  (token, random) => {
    const i = random.integerBelow(token.length)
    return token.slice(0, i) + change(token.charAt(i), random) + token.slice(i + 1)
  }
const segments =
  (change: (parts: string[], random: SeededRandom) => readonly string[]): Mutate =>
  (token, random) =>
    change(token.split('.'), random).join('.')
/** Header or payload with one more member, or another value in one. */
const member: Mutate = (token, random) => {
  const parts = token.split('.')
  const which = random.integerBelow(2)
  const json = JSON.parse(Buffer.from(parts[which] ?? '', 'base64url').toString())
  const [name, value] = random.pick(MEMBERS)
  const text = JSON.stringify({ ...json, [name]: value }, null, random.integerBelow(3))
  return parts.with(which, Buffer.from(text).toString('base64url')).join('.')
}

const MUTATIONS: readonly Mutate[] = [
  at((letter, random) => String.fromCharCode(letter.charCodeAt(0) ^ (1 << random.integerBelow(8)))),
  at((_, random) => random.pick(LETTERS)),
  at((_, random) => random.pick(STRANGE)),
  at((letter, random) => letter + random.pick([...LETTERS, ...STRANGE])),
  at((letter) => letter + letter),
  at(() => ''),
  (token, random) => token.slice(random.integerBelow(token.length)),
  (token, random) => token.slice(0, random.integerBelow(token.length)),
  member,
  segments((parts, random) => parts.with(random.integerBelow(3), random.pick(parts))),
  segments((parts, random) =>
    parts.toSpliced(random.integerBelow(4), random.integerBelow(2), random.pick(parts)),
  ),
  segments(([header = '', payload = ''], random) => [
    header,
    payload,
    Buffer.from(Array.from({ length: random.integerBelow(400) }, () => random.integerBelow(256))).toString(
      'base64url',
    ),
  ]),
  (token) => Buffer.from(token).toString('base64url'),
]

/** What a client can put into a header (RFC 9110 §5.5); other bytes are rows of their own. */
const CARRIED = /^[\x20-\x7e\x80-\xff]*$/

/** The token, changed in one to three ways; never the token itself, as a header has it. */
export function mutateToken(token: string, random: SeededRandom): string {
  for (;;) {
    let changed = token
    for (let times = 1 + random.integerBelow(3); times > 0; times--) changed = tried(changed, random)
    if (changed.trim() !== token && CARRIED.test(changed)) return changed
  }
}

/** A change that needs a token where there is none any more changes nothing. */
function tried(token: string, random: SeededRandom): string {
  try {
    return random.pick(MUTATIONS)(token, random)
  } catch {
    return token
  }
}
