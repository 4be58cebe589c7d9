import { ExitError } from '../errors/exit-error.ts'
import { listVariableNames, readVariable } from './environment.ts'
import type { Setting } from './setting-definition.ts'
import { SETTINGS, type SettingName } from './settings.ts'

/** All errors of the configuration at once. Messages do not contain values, since a value may be a secret. */
export class InvalidSettingsError extends ExitError {
  override readonly name = 'InvalidSettingsError'
  readonly messages: readonly string[]

  constructor(messages: readonly string[]) {
    super(`Invalid configuration:\n${messages.map((message) => `  ${message}`).join('\n')}`, 2)
    this.messages = messages
  }
}

/** The value of a setting; `variable` is the environment variable that holds it, absent for a default. */
type ResolvedSetting = { readonly value: string; readonly variable?: string }

/** The settings that have a value, by name. */
export type ResolvedSettings = ReadonlyMap<string, ResolvedSetting>

/** A client id and its secret must be set together. */
const CLIENT_CREDENTIALS: readonly { readonly id: SettingName; readonly secret: SettingName }[] = [
  { id: 'OKTA_CLIENT_ID', secret: 'OKTA_CLIENT_SECRET' },
  { id: 'WEBAPP_CLIENT_ID', secret: 'WEBAPP_CLIENT_SECRET' },
]

const IN_MEMORY_DATABASE = 'file::memory:'

/**
 * Reads every setting from the environment and fills in defaults.
 * @throws InvalidSettingsError
 */
export function resolveSettings(
  environment: NodeJS.ProcessEnv,
  dotenvNames: readonly string[],
): ResolvedSettings {
  const oktaNames = Object.keys(environment).filter((name) => name.startsWith('OKTA_'))
  const errors = unknownNameErrors([...dotenvNames, ...oktaNames])
  const values = new Map<SettingName, ResolvedSetting>()
  const invalid = new Set<SettingName>()
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    try {
      const setting = resolveSetting(name, environment)
      if (setting) values.set(name, setting)
    } catch (error) {
      invalid.add(name)
      errors.push((error as Error).message)
    }
  }
  for (const { id, secret } of CLIENT_CREDENTIALS)
    if (values.has(id) !== values.has(secret) && !invalid.has(id) && !invalid.has(secret))
      errors.push(`${id} and ${secret}: must be set together.`)
  const workers = Number(values.get('WORKERS')?.value)
  if (workers > 1 && values.get('DATABASE_URL')?.value === IN_MEMORY_DATABASE)
    errors.push(
      'WORKERS: must be 1 with an in-memory database, which workers cannot share. Set DATABASE_URL to a file or to PostgreSQL, or leave WORKERS out.',
    )
  if (errors.length > 0) throw new InvalidSettingsError(errors)
  return values
}

/** @throws Error whose message names the setting, the error and an example */
function resolveSetting(name: SettingName, environment: NodeJS.ProcessEnv): ResolvedSetting | undefined {
  const setting: Setting = SETTINGS[name]
  const found = readVariable(name, setting, environment)
  const productionDefault = environment.NODE_ENV === 'production' ? setting.productionDefault : undefined
  const value = found?.value ?? productionDefault ?? setting.defaultValue
  if (value === undefined) return undefined
  const { error, data } = setting.schema.safeParse(value)
  if (!error) return { value: String(data), ...(found && { variable: found.variable }) }
  const label = found && found.variable !== name ? `${name} (as ${found.variable})` : name
  throw new Error(`${label}: ${error.issues[0]?.message}. For example: ${name}=${setting.example}`)
}

const KNOWN_NAMES = new Set([
  'NODE_ENV',
  ...Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
])

const unknownNameErrors = (names: readonly string[]) =>
  [...new Set(names)]
    .filter((name) => !KNOWN_NAMES.has(name))
    .map((name) => `${name}: is not a setting. Known settings: ${Object.keys(SETTINGS).join(', ')}.`)
