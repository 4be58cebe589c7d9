import { describeScopes, type Scopes } from '../scopes/index.ts'
import { listSchemaElements } from './schema-elements.ts'

/** Adds the required scopes to the descriptions in the schema, which it modifies. IDEs show them. */
export function addScopeDescriptions({ schema, table }: Scopes): void {
  const rows = new Map(table({ combined: true }).map(({ coordinate, scopes }) => [coordinate, scopes]))
  for (const { coordinate, element } of listSchemaElements(schema)) {
    const scopes = rows.get(coordinate)
    if (!scopes) continue
    const description = element.astNode?.description?.value
    element.description = [description, `Requires ${describeScopes(scopes)}.`].filter(Boolean).join('\n\n')
  }
}
