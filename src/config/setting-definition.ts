import type { z } from 'zod'
import { wholeNumberSchema } from './setting-schemas.ts'

/** One setting: the schema of its value, its default, an example and a description. */
export type Setting = {
  readonly schema: z.ZodType<string | number>
  /** The default as the documentation shows it; a description where the default is derived. */
  readonly defaultText: string
  readonly defaultValue?: string
  /** The default with `NODE_ENV=production`, where it differs. */
  readonly productionDefault?: string
  /** Other names of the setting, as Okta's samples and SDKs spell them. */
  readonly aliases?: readonly string[]
  /** The part of the value that is never printed: all of it, or the credentials in the address. */
  readonly secret?: 'whole' | 'in the address'
  readonly example: string
  readonly description: string
}

/** Defines a setting for a duration in milliseconds. */
export const durationSetting = (
  defaultMs: number,
  description: string,
  { minMs = 1, maxMs = 600_000 } = {},
): Setting => ({
  schema: wholeNumberSchema(minMs, maxMs),
  defaultText: String(defaultMs),
  defaultValue: String(defaultMs),
  example: String(defaultMs),
  description: `${description}, milliseconds`,
})

/** Defines a setting for a whole number from 1 to `max`. */
export const integerSetting = (defaultValue: number, max: number, description: string): Setting => ({
  schema: wholeNumberSchema(1, max),
  defaultText: String(defaultValue),
  defaultValue: String(defaultValue),
  example: String(defaultValue),
  description,
})
