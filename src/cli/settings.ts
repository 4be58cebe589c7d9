import type { ResolvedSettings } from '../config/resolve-settings.ts'
import type { Setting } from '../config/setting-definition.ts'
import { SETTINGS } from '../config/settings.ts'

const MASK = '***'
const MAX_COLUMN_WIDTH = 50
/** Query parameters of a database URL that are not secret. */
const PUBLIC_PARAMETERS = new Set(['sslmode', 'sslrootcert', 'application_name'])

/** Prints each setting with its value and the variable that holds it. Secrets are masked. */
export function printSettings(settings: ResolvedSettings): void {
  const rows = Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const { value, variable } = settings.get(name) ?? {}
    return {
      name,
      value: value === undefined ? `(${setting.defaultText ?? 'none'})` : maskSecret(String(value), setting),
      source: variable ?? 'default',
    }
  })
  const widthOf = (column: 'name' | 'value') =>
    Math.max(...rows.map((row) => Math.min(row[column].length, MAX_COLUMN_WIDTH)))
  const nameWidth = widthOf('name')
  const valueWidth = widthOf('value')
  for (const { name, value, source } of rows)
    console.log(`${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${source}`)
  console.log('\nThe settings are valid.')
}

function maskSecret(value: string, { secret }: Setting): string {
  if (secret === undefined) return value
  return secret === 'in the address' ? maskAddress(value) : MASK
}

function maskAddress(address: string): string {
  const url = address.startsWith('file:') ? null : URL.parse(address)
  if (!url) return address
  if (url.password !== '') url.password = MASK
  for (const name of [...url.searchParams.keys()])
    if (!PUBLIC_PARAMETERS.has(name)) url.searchParams.set(name, MASK)
  return url.href
}
