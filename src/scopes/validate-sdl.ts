import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  KnownArgumentNamesRule,
  KnownDirectivesRule,
  KnownTypeNamesRule,
  LoneSchemaDefinitionRule,
  PossibleTypeExtensionsRule,
  ProvidedRequiredArgumentsRule,
  UniqueArgumentDefinitionNamesRule,
  UniqueArgumentNamesRule,
  UniqueDirectiveNamesRule,
  UniqueDirectivesPerLocationRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationTypesRule,
  UniqueTypeNamesRule,
  visit,
  visitInParallel,
} from 'graphql'

/** The rules with which `buildASTSchema` validates SDL. */
export const SDL_RULES = [
  LoneSchemaDefinitionRule,
  UniqueOperationTypesRule,
  UniqueTypeNamesRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueArgumentDefinitionNamesRule,
  UniqueDirectiveNamesRule,
  KnownTypeNamesRule,
  KnownDirectivesRule,
  UniqueDirectivesPerLocationRule,
  PossibleTypeExtensionsRule,
  KnownArgumentNamesRule,
  UniqueArgumentNamesRule,
  UniqueInputFieldNamesRule,
  ProvidedRequiredArgumentsRule,
]

/** Each has a list of similar names and a line, which take time in proportion to the schema. */
const MAX_ERRORS = 100

/**
 * Validates SDL and returns its errors with their positions. graphql-js has this function too, but its module has different
 * names in graphql 16 and 17, and the message of `buildASTSchema` has no positions.
 * @param document without operations and fragments
 */
export function validateSdl(document: DocumentNode): readonly GraphQLError[] {
  const errors: GraphQLError[] = []
  const tooManyErrors = new GraphQLError(`Too many errors. The first ${MAX_ERRORS} are listed.`)
  const context = {
    getDocument: () => document,
    getSchema: (): GraphQLSchema | undefined => undefined,
    reportError(error: GraphQLError) {
      if (errors.push(error) === MAX_ERRORS) throw tooManyErrors
    },
    hideSuggestions: false,
  }
  // graphql-js does not export the class of this context; the rules use no more of it.
  const visitor = visitInParallel(SDL_RULES.map((createRule) => createRule(context as never)))
  try {
    visit(document, visitor)
    return errors
  } catch (error) {
    if (error === tooManyErrors) return [...errors, tooManyErrors]
    throw error
  }
}
