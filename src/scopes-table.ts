import { readSchema } from './schema.ts'
import { describeRules } from './scopes/describe.ts'
import { lintedRules } from './scopes/lint.ts'

/** Prints what each field asks for, from the schema. */
export function printScopes(): void {
  const rows = describeRules(lintedRules(readSchema()))
  const width = Math.max(...rows.map((row) => row.coordinate.length))
  for (const { coordinate, scopes } of rows) console.log(`${coordinate.padEnd(width)}  ${scopes}`)
}
