import { givenOf, namesOf } from './environment.ts'
import type { Setting } from './setting.ts'
import { SETTINGS, type SettingName } from './settings.ts'

/** Every fault of the settings at once. Values are not repeated: one of them may be a secret. */
export class SettingsFaults extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The settings are not right:\n${faults.map((fault) => `  ${fault}`).join('\n')}`)
    this.name = 'SettingsFaults'
    this.faults = faults
  }
}

/** A client's id and its secret come from the same place. */
const PAIRS: readonly (readonly [SettingName, SettingName])[] = [
  ['OKTA_CLIENT_ID', 'OKTA_CLIENT_SECRET'],
  ['WEBAPP_CLIENT_ID', 'WEBAPP_CLIENT_SECRET'],
]

const IN_MEMORY = 'file::memory:'

/** What holds for each setting that has a value, and the name under which it was given; without one: by default. */
export type Effective = ReadonlyMap<string, { readonly value: string; readonly from?: string }>

/**
 * Reads what the environment says of each setting, and fills in what holds without a word.
 * @throws SettingsFaults
 */
export function effective(environment: NodeJS.ProcessEnv, ours: readonly string[]): Effective {
  const faults = unknownNames([
    ...ours,
    ...Object.keys(environment).filter((name) => name.startsWith('OKTA_')),
  ])
  const values = new Map<SettingName, { readonly value: string; readonly from?: string }>()
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
  if (faults.length > 0) throw new SettingsFaults(faults)
  return values
}

/** @throws Error whose message names the setting, its fault and an example */
function holds(name: SettingName, environment: NodeJS.ProcessEnv) {
  const setting: Setting = SETTINGS[name]
  const given = givenOf(name, setting, environment)
  const inProduction = environment.NODE_ENV === 'production' ? setting.inProduction : undefined
  const value = given?.value ?? inProduction ?? setting.fallback
  if (value === undefined) return undefined
  const { error, data } = setting.check.safeParse(value)
  if (!error) return { value: String(data), ...(given && { from: given.from }) }
  const called = given && given.from !== name ? `${name} (as ${given.from})` : name
  throw new Error(`${called}: ${error.issues[0]?.message}. For example: ${name}=${setting.example}`)
}

const KNOWN = new Set([
  'NODE_ENV',
  ...Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => namesOf(name, setting)),
])

const unknownNames = (names: readonly string[]) =>
  [...new Set(names)]
    .filter((name) => !KNOWN.has(name))
    .map((name) => `${name}: there is no such setting. Known are ${Object.keys(SETTINGS).join(', ')}.`)
