import { readFileSync } from 'node:fs'
import { ExitError } from '../errors/exit-error.ts'
import { listVariableNames, listVariablesOfName, type Setting } from './setting-definition.ts'
import { trimmedText, visibleText } from './setting-schemas.ts'
import { SETTINGS, type SettingName, type SettingValues } from './settings.ts'
import { suggestSetting } from './suggest-setting.ts'

/** All errors of the configuration at once. Messages do not contain values, since a value may be a secret. */
export class InvalidSettingsError extends ExitError {
  override readonly name = 'InvalidSettingsError'
  readonly messages: readonly string[]

  constructor(messages: readonly string[]) {
    super(`Invalid configuration:\n${messages.map((message) => `  ${message}`).join('\n')}`, 2)
    this.messages = messages
  }
}

/** The value of each setting that has one; `variable` holds it in the environment, absent for a default. */
export type ResolvedSettings = ReadonlyMap<string, ResolvedSetting>

type ResolvedSetting = { readonly value: string | number; readonly variable: string | undefined }

/** A condition on the values of several settings, or on those of a command. */
export type SettingRule = {
  /** The settings that the error names. The rule is skipped if one of them already has an error. */
  readonly names: readonly SettingName[]
  /** Completes the sentence "NAME: must …". */
  readonly error: string
  readonly isMet: (values: Partial<SettingValues>, isProduction: boolean) => boolean
}

/** A client id and its secret, unless something else replaces the secret. */
const setTogether = (id: SettingName, secret: SettingName, replacement?: SettingName): SettingRule => ({
  names: [id, secret],
  error: 'must be set together.',
  isMet: (values) =>
    (values[id] === undefined) === (values[secret] === undefined) ||
    (replacement !== undefined && values[replacement] !== undefined),
})

const RULES: readonly SettingRule[] = [
  {
    names: ['OKTA_CLIENT_SECRET', 'OKTA_CLIENT_PRIVATE_KEY'],
    error: 'must not both be set: the client authenticates with one of them.',
    isMet: ({ OKTA_CLIENT_SECRET, OKTA_CLIENT_PRIVATE_KEY }) =>
      OKTA_CLIENT_SECRET === undefined || OKTA_CLIENT_PRIVATE_KEY === undefined,
  },
  {
    names: ['OKTA_CLIENT_ID', 'OKTA_CLIENT_PRIVATE_KEY'],
    error: 'must be set together.',
    isMet: ({ OKTA_CLIENT_ID, OKTA_CLIENT_PRIVATE_KEY }) =>
      OKTA_CLIENT_ID !== undefined || OKTA_CLIENT_PRIVATE_KEY === undefined,
  },
  setTogether('OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET', 'OKTA_CLIENT_PRIVATE_KEY'),
  setTogether('WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET'),
  {
    names: ['JWKS_URL'],
    error: 'must be set together with OKTA_ISSUER.',
    isMet: ({ JWKS_URL, OKTA_ISSUER }) => JWKS_URL === undefined || OKTA_ISSUER !== undefined,
  },
  {
    names: ['OKTA_AUDIENCE'],
    error:
      'must differ from WEBAPP_CLIENT_ID and IDE_CLIENT_ID, which are the audience of the ID tokens of these clients: the API would accept them as access tokens.',
    isMet: ({ OKTA_AUDIENCE, WEBAPP_CLIENT_ID, IDE_CLIENT_ID }) =>
      OKTA_AUDIENCE !== WEBAPP_CLIENT_ID && OKTA_AUDIENCE !== IDE_CLIENT_ID,
  },
  {
    names: ['WORKERS'],
    error:
      'must be 1 with an in-memory database, which workers cannot share. Set DATABASE_URL to a file or to PostgreSQL, or leave WORKERS out.',
    isMet: ({ WORKERS = 1, DATABASE_URL }) => WORKERS === 1 || DATABASE_URL !== 'file::memory:',
  },
  {
    names: ['HEADERS_TIMEOUT'],
    error: 'must not be longer than REQUEST_TIMEOUT. Set both.',
    isMet: ({ HEADERS_TIMEOUT = 0, REQUEST_TIMEOUT = Infinity }) => HEADERS_TIMEOUT <= REQUEST_TIMEOUT,
  },
]

/** Values of NODE_ENV that are meant as `production`. Any but exactly that would select development. */
const PRODUCTION_NAMES = /^\s*prod/i

const KNOWN_NAMES = new Set([
  'NODE_ENV',
  ...Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
])

/**
 * Reads every setting from the environment and fills in defaults. Unknown names are for other programs, unless one is a
 * probable misspelling of a setting.
 * @param environment variables of the process; an empty value counts as unset
 * @param commandRules what the command requires of the settings
 * @throws InvalidSettingsError with each invalid setting, its error and an example
 */
export function resolveSettings(
  environment: NodeJS.ProcessEnv,
  commandRules: readonly SettingRule[] = [],
): ResolvedSettings {
  const errors = Object.keys(environment).flatMap((name) => {
    const suggestion = KNOWN_NAMES.has(name) ? undefined : suggestSetting(name, KNOWN_NAMES)
    return suggestion === undefined ? [] : [`${name}: is not a setting. Did you mean ${suggestion}?`]
  })
  const isProduction = environment.NODE_ENV === 'production'
  if (!isProduction && PRODUCTION_NAMES.test(environment.NODE_ENV ?? ''))
    errors.push('NODE_ENV: must be exactly "production" in production. Any other value selects development.')
  const resolved = new Map<string, ResolvedSetting>()
  const invalid = new Set<string>()
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    try {
      const one = resolveSetting(name, setting, environment)
      if (one) resolved.set(name, one)
    } catch (error) {
      invalid.add(name)
      errors.push((error as Error).message)
    }
  }
  const values: Partial<SettingValues> = toValues(resolved)
  for (const { names, error, isMet } of [...RULES, ...commandRules]) {
    if (names.some((name) => invalid.has(name)) || isMet(values, isProduction)) continue
    errors.push(`${names.join(' and ')}: ${error}`)
    for (const name of names) invalid.add(name)
  }
  if (errors.length > 0) throw new InvalidSettingsError(errors)
  return resolved
}

/** Returns the values alone. */
export const toValues = (settings: ResolvedSettings) =>
  Object.fromEntries([...settings].map(([name, { value }]) => [name, value])) as SettingValues

/** @throws Error whose message names the variable or setting and the error, and does not contain a value */
function resolveSetting(name: string, setting: Setting, environment: NodeJS.ProcessEnv) {
  // Its own name wins over aliases, which may be set for another program.
  const found =
    readVariable(listVariablesOfName(name, setting), environment) ??
    readVariable(listVariableNames(name, setting), environment)
  const productionDefault = environment.NODE_ENV === 'production' ? setting.productionDefault : undefined
  const text = found?.value ?? productionDefault ?? setting.defaultValue
  if (text === undefined) return undefined
  const { error, data } = (setting.schema ?? (setting.secret ? visibleText : trimmedText)).safeParse(text)
  if (!error) return { value: data, variable: found?.variable }
  const label = found && found.variable !== name ? `${name} (as ${found.variable})` : name
  const example = setting.example ?? setting.defaultValue
  throw new Error(`${label}: ${error.issues[0]?.message}. For example: ${name}=${example}`)
}

/** Reads the first of the variables that is set. The others must be unset or have the same value. */
function readVariable(variables: readonly string[], environment: NodeJS.ProcessEnv) {
  const [first, ...others] = variables
    .map((variable) => ({ variable, value: readValue(variable, environment) }))
    .filter(({ value }) => value)
  const conflict = others.find(({ value }) => value !== first?.value)
  if (first && conflict)
    throw new Error(`${first.variable} and ${conflict.variable}: must not differ. Set one of them.`)
  return first
}

/** Reads a variable. One that ends in `_FILE` is a path of a secret, to which editors may have added a line end. */
function readValue(variable: string, environment: NodeJS.ProcessEnv): string | undefined {
  const value = environment[variable]
  if (!value || !variable.endsWith('_FILE')) return value
  let text: string
  try {
    text = readFileSync(value, 'utf8')
  } catch (error) {
    throw new Error(`${variable}: the file cannot be read (${(error as { code?: string }).code}).`)
  }
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new Error(`${variable}: the file must not be empty.`)
  return secret
}
