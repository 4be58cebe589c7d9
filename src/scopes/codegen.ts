import { preset as clientPreset } from '@graphql-codegen/client-preset'
import { buildASTSchema, type DocumentNode } from 'graphql'
import { enforceRules, type Scopes } from './create-scopes.ts'
import { readRules } from './read-rules.ts'

/**
 * The client preset of GraphQL Code Generator, which also writes the scopes that each operation requires to the
 * `__meta__.requiredScopes` of its document. It takes the options of the client preset. The scopes are those of
 * `Scopes.requiredScopes`: not included are those of inputs that are sent in variables.
 * Not checked: that the rules make sense. `createScopes` does that on the server.
 * @throws Error if the schema has no rules, as one from introspection, or if documents of the mode have no `__meta__`
 */
export const scopesPreset: typeof clientPreset = {
  ...clientPreset,
  buildGeneratesSection(options) {
    const { config, presetConfig, schema } = options
    const scopes = readScopes(schema)
    return clientPreset.buildGeneratesSection({
      ...options,
      config: { ...config, documentMode: chooseDocumentMode(config.documentMode) },
      presetConfig: {
        ...presetConfig,
        onExecutableDocumentNode: (document) => ({
          ...presetConfig.onExecutableDocumentNode?.(document),
          requiredScopes: scopes.requiredScopes(document),
        }),
      },
    })
  },
}

// The name that codegen looks up in a module that is named under `preset`, as in YAML.
export { scopesPreset as preset }

/**
 * Reads the rules of a schema from its AST. A schema object may be of another copy of graphql: a configuration in
 * TypeScript and the command can load one each.
 */
function readScopes(definitions: DocumentNode): Scopes {
  const schema = buildASTSchema(definitions, { assumeValidSDL: true })
  const rules = readRules(schema)
  if (rules.size > 0) return enforceRules(schema, rules)
  throw new Error(
    'The schema has no scope rules, such as @requiresScope. A schema from introspection has no directives: let codegen read the SDL of the API.',
  )
}

/** Replaces `documentNode`, whose documents have no `__meta__`, by the default mode, whose documents are the same otherwise. */
function chooseDocumentMode(mode: string | undefined): string | undefined {
  if (mode === 'graphQLTag' || mode === 'external')
    throw new Error(
      `documentMode must be "string", "documentNode" or left out: documents of the mode "${mode}" have no metadata for the scopes.`,
    )
  return mode === 'documentNode' ? undefined : mode
}
