import type { z } from 'zod'
import * as schemas from './setting-schemas.ts'

export type Setting = {
  /** Absent where any text is valid. */
  readonly schema?: z.ZodType<string | number>
  readonly description: string
  /** Absent where there is none or where it is derived. */
  readonly defaultValue?: string
  /** The default with `NODE_ENV=production`, where it differs. */
  readonly productionDefault?: string
  /** The default as the documentation describes it, where that is not `defaultValue`, `productionDefault` or `none`. */
  readonly defaultText?: string
  /** Printed by `--check` beside a remote issuer, in place of a default that belongs to the embedded authorization server. */
  readonly remoteDefaultText?: string
  /** A valid value for error messages, where that is not `defaultValue`. */
  readonly example?: string
  /** Other names of the setting, as Okta's samples and SDKs spell them. */
  readonly aliases?: readonly string[]
  /** The part of the value that is never printed: all of it, or the credentials in the address. */
  readonly secret?: 'whole' | 'in the address'
}

/** Lists the variables that hold a setting under one of its names: that name, and `…_FILE` for a secret. */
export const listVariablesOfName = (name: string, { secret }: Setting): readonly string[] =>
  secret ? [name, `${name}_FILE`] : [name]

/** Lists every variable that can hold a setting: those of its name and of its aliases. */
export const listVariableNames = (name: string, setting: Setting): readonly string[] =>
  [name, ...(setting.aliases ?? [])].flatMap((one) => listVariablesOfName(one, setting))

/** Defines a setting for a whole number from `min` to `max`. */
export const integerSetting = (defaultValue: number, max: number, description: string, min = 1) => ({
  schema: schemas.wholeNumber(min, max),
  defaultValue: String(defaultValue),
  description,
})

/** Defines a setting for a duration in milliseconds. */
export const durationSetting = (
  defaultMs: number,
  description: string,
  { minMs = 1, maxMs = 600_000 } = {},
) => integerSetting(defaultMs, maxMs, `${description}, milliseconds`, minMs)

/** Defines a setting for the port of a server; 0 takes a free one. */
export const portSetting = (defaultPort: number, description: string) =>
  integerSetting(defaultPort, 65_535, description, 0)
