import { preset as clientPreset } from '@graphql-codegen/client-preset'
import type { Types } from '@graphql-codegen/plugin-helpers'
import { type DocumentNode, Kind } from 'graphql'
import { readSchema } from '../src/graphql/load-schema.ts'
import { scopesToAskFor } from '../src/scopes/authorize-plan.ts'
import { lintedRules } from '../src/scopes/lint.ts'
import { compilePlan } from '../src/scopes/plan.ts'

const schema = readSchema()
const rules = lintedRules(schema)

/** What a client must ask its token for to run this document. */
function scopesOf(document: DocumentNode): { scopes: readonly string[] } {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  return { scopes: operation ? scopesToAskFor(compilePlan(schema, rules, document, operation)) : [] }
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
