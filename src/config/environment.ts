import { readFileSync } from 'node:fs'
import type { Setting } from './setting-definition.ts'

/** The value of a setting and the name of the variable that holds it. */
type Variable = { readonly value: string; readonly variable: string }

type Environment = Readonly<Record<string, string | undefined>>

const MAX_FILE_LENGTH = 65_536

/** Lists every variable that can hold a setting: its name and aliases, and `…_FILE` of each for a secret. */
export const listVariableNames = (name: string, { aliases = [], secret }: Setting): readonly string[] =>
  [name, ...aliases].flatMap((one) => (secret ? [one, `${one}_FILE`] : [one]))

/**
 * Reads a setting from the environment. Its own name wins over aliases, which may be set for another program. Two
 * variables of the same rank with different values are an error.
 * @returns undefined when no variable is set; an empty value counts as unset
 * @throws Error whose message begins with the names of the variables and does not contain a value
 */
export const readVariable = (
  name: string,
  { aliases = [], secret }: Setting,
  environment: Environment,
): Variable | undefined =>
  readFirst([name], secret !== undefined, environment) ??
  readFirst(aliases, secret !== undefined, environment)

function readFirst(
  names: readonly string[],
  allowsFiles: boolean,
  environment: Environment,
): Variable | undefined {
  const found: Variable[] = []
  for (const name of names) {
    const value = environment[name]
    if (value) found.push({ value, variable: name })
    const file = allowsFiles ? environment[`${name}_FILE`] : undefined
    if (file) found.push({ value: readSecretFile(`${name}_FILE`, file), variable: `${name}_FILE` })
  }
  const [first, ...others] = found
  const conflict = others.find(({ value }) => value !== first?.value)
  if (first && conflict)
    throw new Error(`${first.variable} and ${conflict.variable}: must not differ. Set one of them.`)
  return first
}

/** Reads a mounted secret, without the line end that editors add. */
function readSecretFile(variable: string, file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${variable}: the file cannot be read (${(error as { code?: string }).code}).`)
  }
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new Error(`${variable}: the file must not be empty.`)
  if (value.length > MAX_FILE_LENGTH)
    throw new Error(`${variable}: the file must not be larger than ${MAX_FILE_LENGTH} bytes.`)
  return value
}
