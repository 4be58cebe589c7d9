import { scopesPreset } from '../src/scopes/codegen.ts'

/**
 * `scopesPreset` without the `graphql` function for documents in source files, and without the descriptions, which are in
 * the schema.
 */
export const preset: typeof scopesPreset = {
  ...scopesPreset,
  async buildGeneratesSection(options) {
    const files = await scopesPreset.buildGeneratesSection(options)
    return files
      .filter(({ filename }) => !filename.endsWith('/gql.ts'))
      .map((file) => ({ ...file, config: { ...file.config, disableDescriptions: true } }))
  },
}
