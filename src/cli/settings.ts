import type { ResolvedSettings } from '../config/resolve-settings.ts'
import type { Setting } from '../config/setting.ts'
import { SETTINGS } from '../config/settings.ts'

const HIDDEN = '***'
/** What a database's address may say beside secrets. */
const PLAIN_PARAMETERS = new Set(['sslmode', 'sslrootcert', 'application_name'])

/**
 * Prints what holds, and from where: a line for each setting.
 * Secrets are masked: of an address that may hold one, all but what leads to the server.
 */
export function printSettings(settings: ResolvedSettings): void {
  const rows = Object.entries<Setting>(SETTINGS).map(([name, setting]) => {
    const { value, variable } = settings.get(name) ?? {}
    const told = value === undefined ? `(${setting.defaultText})` : masked(value, setting)
    return [name, told, variable ?? 'default'] as const
  })
  const widest = (column: 0 | 1) => Math.max(...rows.map((row) => Math.min(row[column].length, 50)))
  const [names, values] = [widest(0), widest(1)]
  for (const [name, value, from] of rows)
    console.log(`${name.padEnd(names)}  ${value.padEnd(values)}  ${from}`)
  console.log('\nThe settings are right.')
}

function masked(value: string, { secret }: Setting): string {
  if (secret === undefined) return value
  return secret === 'in the address' ? maskedAddress(value) : HIDDEN
}

function maskedAddress(address: string): string {
  const url = address.startsWith('file:') ? null : URL.parse(address)
  if (!url) return address
  if (url.password !== '') url.password = HIDDEN
  for (const name of [...url.searchParams.keys()])
    if (!PLAIN_PARAMETERS.has(name)) url.searchParams.set(name, HIDDEN)
  return url.href
}
