import type { ResolvedSettings } from '../config/resolve-settings.ts'
import type { Setting } from '../config/setting-definition.ts'
import { SETTINGS } from '../config/settings.ts'

const MASK = '***'
const NAME_WIDTH = Math.max(...Object.keys(SETTINGS).map((name) => name.length))
const VALUE_WIDTH = 50
/** Query parameters of a database URL that are not secret. */
const PUBLIC_PARAMETERS = new Set(['sslmode', 'sslrootcert', 'application_name'])

/**
 * Prints each setting with its value and the variable that holds it. Secrets are masked.
 * @param hasRemoteIssuer true hides the defaults that belong to the embedded authorization server
 */
export function printSettings(settings: ResolvedSettings, hasRemoteIssuer: boolean): void {
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const { value, variable } = settings.get(name) ?? {}
    const text = variable === undefined && hasRemoteIssuer ? setting.remoteDefaultText : undefined
    const shown = text === undefined ? describeValue(value, setting) : `(${text})`
    console.log(`${name.padEnd(NAME_WIDTH)}  ${shown.padEnd(VALUE_WIDTH)}  ${variable ?? 'default'}`)
  }
  console.log('\nThe settings are valid.')
}

const describeValue = (value: string | number | undefined, setting: Setting) =>
  value === undefined ? `(${setting.defaultText ?? 'none'})` : maskSecret(String(value), setting)

function maskSecret(value: string, { secret }: Setting): string {
  if (secret === 'whole') return MASK
  // Any URL may have a secret in its query, as those of some trace collectors.
  const url = value.startsWith('file:') ? null : URL.parse(value)
  if (!url || (url.password === '' && url.search === '')) return value
  if (url.password !== '') url.password = MASK
  for (const name of [...url.searchParams.keys()])
    if (!PUBLIC_PARAMETERS.has(name)) url.searchParams.set(name, MASK)
  return url.href
}
