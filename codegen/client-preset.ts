import { preset as clientPreset } from '@graphql-codegen/client-preset'
import type { Types } from '@graphql-codegen/plugin-helpers'
import type { DocumentNode } from 'graphql'
import { createApiScopes, loadSchema } from '../src/graphql/load-schema.ts'

const { requiredScopes } = createApiScopes(loadSchema())

/** Computes the scopes that a token needs for a document's operation. */
const computeDocumentScopes = (document: DocumentNode) => ({ scopes: requiredScopes(document) })

/**
 * The client preset, which also writes each document's scopes to its `__meta__`. Leaves out the `graphql` function for
 * documents in source files, and the descriptions, which are in the schema.
 */
export const preset: Types.OutputPreset = {
  async buildGeneratesSection(options) {
    const files = await clientPreset.buildGeneratesSection({
      ...options,
      presetConfig: {
        ...options.presetConfig,
        fragmentMasking: false,
        skipIndexFile: true,
        onExecutableDocumentNode: computeDocumentScopes,
        persistedDocuments: { hashPropertyName: 'documentId', hashAlgorithm: 'sha256' },
      },
    })
    return files
      .filter(({ filename }) => !filename.endsWith('/gql.ts'))
      .map((file) => ({ ...file, config: { ...file.config, disableDescriptions: true } }))
  },
}
