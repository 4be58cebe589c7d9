import { preset as clientPreset } from '@graphql-codegen/client-preset'
import { buildASTSchema, type DocumentNode } from 'graphql'
import { enforceRules } from './create-scopes.ts'
import { readRules } from './read-rules.ts'

/**
 * The client preset of GraphQL Code Generator, which also writes the scopes that each operation requires to the
 * `__meta__.requiredScopes` of its document. It takes the options of the client preset. The scopes are those of
 * `Scopes.requiredScopes`, so that those of inputs that are sent in variables are not included.
 * Not checked: that the rules make sense. `createScopes` does that on the server.
 * @throws if the schema has no rules, as a schema from introspection, or if the document mode has no `__meta__`
 */
export const scopesPreset: typeof clientPreset = {
  ...clientPreset,
  buildGeneratesSection(options) {
    const { config, presetConfig, schema } = options
    const requiredScopes = readRequiredScopes(schema)
    return clientPreset.buildGeneratesSection({
      ...options,
      config: { ...config, documentMode: chooseDocumentMode(config.documentMode) },
      presetConfig: {
        ...presetConfig,
        onExecutableDocumentNode: (document) => ({
          ...presetConfig.onExecutableDocumentNode?.(document),
          requiredScopes: requiredScopes(document),
        }),
      },
    })
  },
}

// A configuration that names the module, as in YAML, gets the export of this name.
export { scopesPreset as preset }

/**
 * Builds the schema from its AST, since the object may be of another copy of graphql: the command and a configuration in
 * TypeScript can load one each.
 */
function readRequiredScopes(definitions: DocumentNode) {
  const schema = buildASTSchema(definitions, { assumeValidSDL: true })
  const rules = readRules(schema)
  if (rules.size > 0) return enforceRules(schema, rules).requiredScopes
  throw new Error(
    'The schema has no scope rules, such as @requiresScope. A schema from introspection has no directives: let codegen read the SDL of the API.',
  )
}

/** Chooses the mode of documents as objects that has `__meta__`. Its documents are those of the mode `documentNode`. */
function chooseDocumentMode(mode: string | undefined): string | undefined {
  if (mode === 'graphQLTag' || mode === 'external')
    throw new Error(
      `documentMode must be "string", "documentNode" or left out: documents of the mode "${mode}" have no metadata, which the scopes are written to.`,
    )
  return mode === 'documentNode' ? undefined : mode
}
