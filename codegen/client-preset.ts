import { preset as clientPreset } from '@graphql-codegen/client-preset'
import type { Types } from '@graphql-codegen/plugin-helpers'
import { type DocumentNode, Kind } from 'graphql'
import { loadSchema } from '../src/graphql/load-schema.ts'
import { compilePlan, computeRequiredScopes, readValidatedRules } from '../src/scopes/index.ts'

const schema = loadSchema()
const rules = readValidatedRules(schema)

/** What a client must ask its token for to run this document. */
function scopesOf(document: DocumentNode): { scopes: readonly string[] } {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  return { scopes: operation ? computeRequiredScopes(compilePlan(schema, rules, document, operation)) : [] }
}

/** The client preset, with each document's scopes beside it in `__meta__`. */
export const preset: Types.OutputPreset = {
  buildGeneratesSection: (options) =>
    clientPreset.buildGeneratesSection({
      ...options,
      presetConfig: {
        ...options.presetConfig,
        fragmentMasking: false,
        onExecutableDocumentNode: scopesOf,
        persistedDocuments: { hashPropertyName: 'documentId', hashAlgorithm: 'sha256' },
      },
    }),
}
