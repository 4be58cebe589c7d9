import { readFileSync } from 'node:fs'
import type { Setting } from './setting.ts'

/** A setting's value as it was given, and by which name. */
type Given = { readonly value: string; readonly variable: string }

type Environment = Readonly<Record<string, string | undefined>>

const MOST_BYTES = 65_536

/** Every name that a setting goes by: its own first; a secret's file has a name of its own. */
export const listVariableNames = (name: string, { aliases = [], secret }: Setting): readonly string[] =>
  [name, ...aliases].flatMap((one) => (secret ? [one, `${one}_FILE`] : [one]))

/**
 * Finds what the environment says of a setting. Its own name wins over aliases, which others may have set for something
 * else; among the same kind, two that differ are a fault, since nobody can tell which one is meant.
 * @returns undefined when nothing is given; an empty value counts as nothing
 * @throws Error whose message begins with the names at fault, and repeats no value
 */
export function readVariable(name: string, setting: Setting, environment: Environment): Given | undefined {
  const { aliases = [], secret } = setting
  const own = given([name], secret, environment)
  if (own) return own
  return given(aliases, secret, environment)
}

function given(
  names: readonly string[],
  secret: Setting['secret'],
  environment: Environment,
): Given | undefined {
  const found: Given[] = []
  for (const name of names) {
    const value = environment[name]
    if (value) found.push({ value, variable: name })
    const file = secret ? environment[`${name}_FILE`] : undefined
    if (file) found.push({ value: contents(`${name}_FILE`, file), variable: `${name}_FILE` })
  }
  const [first, ...others] = found
  const other = others.find(({ value }) => value !== first?.value)
  if (first && other) throw new Error(`${first.variable} and ${other.variable}: differ. Set one of them.`)
  return first
}

/** As secrets are mounted: the line end that editors add is not part of it. */
function contents(name: string, file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${name}: the file cannot be read (${(error as { code?: string }).code}).`)
  }
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new Error(`${name}: the file is empty.`)
  if (value.length > MOST_BYTES) throw new Error(`${name}: the file is larger than ${MOST_BYTES} bytes.`)
  return value
}
