/** Names that other programs use although they are close to a setting: Laravel, Apache, Payload, Spring Boot with Okta, Okta's SDKs. */
const OTHER_PROGRAMS = new Set([
  'APP_URL',
  'CLIENT_IP',
  'DATABASE_URI',
  'OKTA_CLIENT_PRIVATEKEY',
  'OKTA_OAUTH2_CLIENTID',
  'OKTA_OAUTH2_CLIENTSECRET',
  'REDIRECT_URL',
  'VHOST',
])

/** Finds the setting whose name an unknown name probably misspells: by one error, or two from a length of 8. */
export const suggestSetting = (name: string, settingNames: Iterable<string>): string | undefined =>
  OTHER_PROGRAMS.has(name) ? undefined : [...settingNames].find((setting) => isMisspelling(name, setting))

function isMisspelling(name: string, setting: string): boolean {
  if (name === `${setting}_FILE`) return true
  if (Math.abs(name.length - setting.length) > 2) return false
  const words = name.split('_')
  const settingWords = setting.split('_')
  if (words.length !== settingWords.length) return isWithinEdits(name, setting, 1)
  // Two errors in a short word make another word: DATABASE_PORT is not a misspelling of DATABASE_POOL.
  return (
    isWithinEdits(name, setting, setting.length < 8 ? 1 : 2) &&
    settingWords.every((word, index) => isWithinEdits(words[index] ?? '', word, word.length < 6 ? 1 : 2))
  )
}

/** Checks that at most `maxEdits` insertions, deletions, substitutions or transpositions turn one text into the other. */
function isWithinEdits(left: string, right: string, maxEdits: number): boolean {
  if (left === right) return true
  if (maxEdits === 0) return false
  if (left[0] === right[0]) return isWithinEdits(left.slice(1), right.slice(1), maxEdits)
  const isTransposed = left[0] === right[1] && left[1] === right[0]
  return (
    isWithinEdits(left.slice(1), right, maxEdits - 1) ||
    isWithinEdits(left, right.slice(1), maxEdits - 1) ||
    isWithinEdits(left.slice(1), right.slice(1), maxEdits - 1) ||
    (isTransposed && isWithinEdits(left.slice(2), right.slice(2), maxEdits - 1))
  )
}
