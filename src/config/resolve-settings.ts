import { listVariableNames, readVariable } from './environment.ts'
import type { Setting } from './setting.ts'
import { SETTINGS, type SettingName } from './settings.ts'

/** Every fault of the settings at once. Values are not repeated: one of them may be a secret. */
export class InvalidSettingsError extends Error {
  readonly messages: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The settings are not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.name = 'InvalidSettingsError'
    this.messages = faults
  }
}

/** A client's id and its secret come from the same place. */
const PAIRS: readonly (readonly [SettingName, SettingName])[] = [
  ['OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET'],
  ['WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET'],
]

const IN_MEMORY = 'file::memory:'

/** What holds for each setting that has a value, and the name under which it was given; without one: by default. */
export type ResolvedSettings = ReadonlyMap<string, { readonly value: string; readonly variable?: string }>

/**
 * Reads what the environment says of each setting, and fills in what holds without a word.
 * @throws InvalidSettingsError
 */
export function resolveSettings(
  environment: NodeJS.ProcessEnv,
  dotenvNames: readonly string[],
): ResolvedSettings {
  const faults = unknownNames([
    ...dotenvNames,
    ...Object.keys(environment).filter((name) => name.startsWith('OKTA_')),
  ])
  const values = new Map<SettingName, { readonly value: string; readonly variable?: string }>()
  const faulty = new Set<SettingName>()
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    try {
      const held = holds(name, environment)
      if (held) values.set(name, held)
    } catch (fault) {
      faulty.add(name)
      faults.push((fault as Error).message)
    }
  }
  for (const [id, secret] of PAIRS)
    if (values.has(id) !== values.has(secret) && !faulty.has(id) && !faulty.has(secret))
      faults.push(`${id} and ${secret}: set both or none.`)
  const workers = Number(values.get('WORKERS')?.value)
  if (workers > 1 && values.get('DATABASE_URL')?.value === IN_MEMORY)
    faults.push(
      'WORKERS: more than one need a database that they share, and file::memory: is each one’s own. Set DATABASE_URL to a file or to PostgreSQL, or leave WORKERS out.',
    )
  if (faults.length > 0) throw new InvalidSettingsError(faults)
  return values
}

/** @throws Error whose message names the setting, its fault and an example */
function holds(name: SettingName, environment: NodeJS.ProcessEnv) {
  const setting: Setting = SETTINGS[name]
  const given = readVariable(name, setting, environment)
  const inProduction = environment.NODE_ENV === 'production' ? setting.productionDefault : undefined
  const value = given?.value ?? inProduction ?? setting.defaultValue
  if (value === undefined) return undefined
  const { error, data } = setting.schema.safeParse(value)
  if (!error) return { value: String(data), ...(given && { variable: given.variable }) }
  const called = given && given.variable !== name ? `${name} (as ${given.variable})` : name
  throw new Error(`${called}: ${error.issues[0]?.message}. For example: ${name}=${setting.example}`)
}

const KNOWN = new Set([
  'NODE_ENV',
  ...Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
])

const unknownNames = (names: readonly string[]) =>
  [...new Set(names)]
    .filter((name) => !KNOWN.has(name))
    .map((name) => `${name}: there is no such setting. Known are ${Object.keys(SETTINGS).join(', ')}.`)
