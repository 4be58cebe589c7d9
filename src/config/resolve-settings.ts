import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ExitError } from '../errors/exit-error.ts'
import { listVariableNames, listVariablesOfName, type Setting } from './setting-definition.ts'
import { SETTINGS, type SettingName } from './settings.ts'
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

/** A client id and its secret must be set together. */
const CLIENT_CREDENTIALS: readonly (readonly [SettingName, SettingName])[] = [
  ['OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET'],
  ['WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET'],
]

const KNOWN_NAMES = new Set([
  'NODE_ENV',
  ...Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
])

/**
 * Reads every setting from the environment and fills in defaults. Unknown names are for other programs, unless one is a
 * probable misspelling of a setting.
 * @param environment variables of the process; an empty value counts as unset
 * @throws InvalidSettingsError with each invalid setting, its error and an example
 */
export function resolveSettings(environment: NodeJS.ProcessEnv): ResolvedSettings {
  const errors = Object.keys(environment).flatMap((name) => {
    const suggestion = KNOWN_NAMES.has(name) ? undefined : suggestSetting(name, KNOWN_NAMES)
    return suggestion === undefined ? [] : [`${name}: is not a setting. Did you mean ${suggestion}?`]
  })
  const values = new Map<string, ResolvedSetting>()
  const invalid = new Set<string>()
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    try {
      const resolved = resolveSetting(name, setting, environment)
      if (resolved) values.set(name, resolved)
    } catch (error) {
      invalid.add(name)
      errors.push((error as Error).message)
    }
  }
  for (const [id, secret] of CLIENT_CREDENTIALS)
    if (values.has(id) !== values.has(secret) && !invalid.has(id) && !invalid.has(secret))
      errors.push(`${id} and ${secret}: must be set together.`)
  const workers = Number(values.get('WORKERS')?.value)
  if (workers > 1 && values.get('DATABASE_URL')?.value === 'file::memory:')
    errors.push(
      'WORKERS: must be 1 with an in-memory database, which workers cannot share. Set DATABASE_URL to a file or to PostgreSQL, or leave WORKERS out.',
    )
  if (errors.length > 0) throw new InvalidSettingsError(errors)
  return values
}

/** @throws Error whose message names the variable or setting and the error, and does not contain a value */
function resolveSetting(name: string, setting: Setting, environment: NodeJS.ProcessEnv) {
  // Its own name wins over aliases, which may be set for another program.
  const found =
    readVariable(listVariablesOfName(name, setting), environment) ??
    readVariable(listVariableNames(name, setting), environment)
  const productionDefault = environment.NODE_ENV === 'production' ? setting.productionDefault : undefined
  const text = found?.value ?? productionDefault ?? setting.defaultValue
  if (text === undefined) return undefined
  const { error, data } = (setting.schema ?? z.string()).safeParse(text)
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
