import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { listVariableNames } from '../src/config/environment.ts'
import type { Setting } from '../src/config/setting-definition.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { loadSchema } from '../src/graphql/load-schema.ts'
import { describeRules } from '../src/scopes/describe-rules.ts'
import { readValidatedRules } from '../src/scopes/lint.ts'
import { readDeclaredScopes } from '../src/scopes/read-rules.ts'

/** Writes what is derived from the schema and the settings: the list of scopes, and the tables of README and docs; and the tour as it was just told. */
const schema = loadSchema()
const declared = readDeclaredScopes(schema)

writeFileSync(
  'src/generated/scopes.ts',
  `/** The scopes that the schema declares. */\nexport const SCOPES = ${JSON.stringify(declared, null, 2)} as const\n`,
)

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const transcript = execFileSync(process.execPath, ['src/main.ts', 'tour', '--no-browser'], {
  encoding: 'utf8',
}).trim()

const tables: Record<string, string> = {
  tour: `\`\`\`\n${transcript}\n\`\`\``,
  scopes: table(
    ['field', 'asks for'],
    describeRules(readValidatedRules(schema)).map((row) => [`\`${row.coordinate}\``, `\`${row.scopes}\``]),
  ),
  settings: table(
    ['name', 'default', ''],
    Object.entries<Setting>(SETTINGS).map(([name, setting]) => [
      `\`${name}\``,
      setting.defaultText,
      setting.description + otherNames(name, setting),
    ]),
  ),
}

function otherNames(name: string, setting: Setting): string {
  const others = listVariableNames(name, setting).filter((other) => other !== name)
  return others.length === 0 ? '' : ` (also ${others.map((other) => `\`${other}\``).join(', ')})`
}

/** Which page has which table. */
const PAGES: Readonly<Record<string, string>> = {
  tour: 'docs/tour.md',
  scopes: 'README.md',
  settings: 'docs/settings.md',
}

for (const [name, page] of Object.entries(PAGES)) {
  const text = readFileSync(page, 'utf8')
  const place = new RegExp(`(<!-- ${name}: npm run codegen -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
  if (!place.test(text)) throw new Error(`${page} has no place for "${name}"`)
  writeFileSync(
    page,
    text.replace(place, (_, open, close) => `${open}${tables[name]}\n${close}`),
  )
}
