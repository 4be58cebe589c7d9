import { listVariableNames, type Setting } from '../src/config/setting-definition.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { createApiScopes, loadSchema } from '../src/graphql/load-schema.ts'
import { readWeights } from '../src/graphql/weights.ts'
import { describeScopes } from '../src/scopes/index.ts'
import { replaceSection } from './replace-section.ts'

// Writes the tables of scopes in README.md, of weights in docs/clients.md and of settings in docs/settings.md.

const formatTable = (header: readonly string[], rows: readonly (readonly string[])[]) =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function formatOtherNames(name: string, setting: Setting): string {
  const names = listVariableNames(name, setting).filter((other) => other !== name)
  return names.length === 0 ? '' : ` (also ${names.map((other) => `\`${other}\``).join(', ')})`
}

const schema = loadSchema()
replaceSection(
  'README.md',
  'scopes',
  formatTable(
    ['field', 'requires'],
    createApiScopes(schema)
      .table()
      .map(({ coordinate, scopes }) => [`\`${coordinate}\``, `\`${describeScopes(scopes)}\``]),
  ),
)

replaceSection(
  'docs/clients.md',
  'weights',
  formatTable(
    ['field or input field', 'weight'],
    [...readWeights(schema)].map(([coordinate, weight]) => [`\`${coordinate}\``, String(weight)]),
  ),
)

function describeDefault({ defaultText, defaultValue = 'none', productionDefault }: Setting): string {
  if (defaultText !== undefined) return defaultText
  return productionDefault ? `${defaultValue}; in production ${productionDefault}` : defaultValue
}

replaceSection(
  'docs/settings.md',
  'settings',
  formatTable(
    ['name', 'default', ''],
    Object.entries<Setting>(SETTINGS).map(([name, setting]) => [
      `\`${name}\``,
      describeDefault(setting),
      setting.description + formatOtherNames(name, setting),
    ]),
  ),
)
