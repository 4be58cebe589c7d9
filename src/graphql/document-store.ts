import { HeaderMap } from '@apollo/server'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
} from 'graphql'
import { createWithoutStack } from '../errors/api-error.ts'
import { readId } from './apollo-fast-paths.ts'
import type { RequestHooks } from './combine-hooks.ts'
import type { Context } from './context.ts'
import { type CachedDocument, type DocumentCache, measureMemory } from './document-cache.ts'
import { formatError } from './format-error.ts'
import { removeSuggestion } from './remove-suggestion.ts'
import { createTextCache } from './text-cache.ts'
import { validateDocument } from './validate-document.ts'

/** The total memory of the documents that Apollo Server has parsed itself, in characters of two bytes. */
const MAX_PARSED_CHARACTERS = 8_000_000

type DocumentStoreOptions = {
  readonly allowsIntrospection: boolean
  /** Leaves out "Did you mean" in errors. */
  readonly hideSuggestions: boolean
  readonly maxErrors: number
}

/**
 * Creates Apollo Server's store of parsed and validated documents. A document of the cache is validated when its id is first
 * looked up, so that Apollo Server does not parse and validate it again. For an invalid one the store returns an empty
 * document, which cannot be executed, and the hooks report the errors. Documents that Apollo Server has parsed itself are
 * stored by their hash.
 */
export function createDocumentStore(
  schema: GraphQLSchema,
  documents: DocumentCache,
  { allowsIntrospection, ...options }: DocumentStoreOptions,
) {
  const validationErrors = new WeakMap<DocumentNode, readonly GraphQLError[]>()
  const parsedByApollo = createTextCache<DocumentNode>(MAX_PARSED_CHARACTERS, {
    countCharacters: (document) => measureMemory(document, document.loc?.source.body ?? ''),
  })

  /** Returns what the store returns for a document; undefined for introspection that is off, which Apollo Server rejects. */
  function validate({ document }: CachedDocument): DocumentNode | undefined {
    if (!allowsIntrospection && isIntrospectionRejected(document)) return undefined
    const errors = createWithoutStack(() => validateDocument(schema, document, specifiedRules, options))
    if (errors.length === 0) return document
    const empty: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }
    validationErrors.set(
      empty,
      errors.map((error) => toValidationError(error, options.hideSuggestions)),
    )
    return empty
  }

  function isIntrospectionRejected(document: DocumentNode): boolean {
    // The first error aborts the validation.
    const firstErrorOnly = { ...options, maxErrors: 0 }
    return validateDocument(schema, document, [NoSchemaIntrospectionCustomRule], firstErrorOnly).length > 0
  }

  const findErrors = (document: DocumentNode) =>
    document.definitions.length === 0 ? validationErrors.get(document) : undefined

  const hooks: RequestHooks<Context> = {
    validationDidEnd(errors) {
      if (options.hideSuggestions) for (const error of errors) error.message = removeSuggestion(error.message)
    },
    didResolveOperation({ document }) {
      const [error] = findErrors(document) ?? []
      if (error) throw error
    },
    // Apollo Server responds with the one error that was thrown.
    willSendResponse({ document, response }) {
      const errors = document && findErrors(document)
      if (errors && response.body.kind === 'single')
        response.body.singleResult = { errors: errors.map(formatValidationError) }
    },
  }

  return {
    hooks,
    documentStore: {
      async get(key: string) {
        const cached = documents.findById(readId(key))
        if (!cached) return parsedByApollo.get(key)
        cached.validated ??= validate(cached)
        return cached.validated
      },
      async set(key: string, document: DocumentNode) {
        parsedByApollo.set(key, document)
      },
      delete: async (key: string) => parsedByApollo.delete(key),
    },
  }
}

/** Returns the error that Apollo Server creates from one of graphql-js' validation. */
function toValidationError(error: GraphQLError, hideSuggestions: boolean): GraphQLError {
  const http = { status: 400, headers: new HeaderMap() }
  const extensions = { http, ...error.extensions, code: 'GRAPHQL_VALIDATION_FAILED' }
  const { nodes = null, originalError = error } = error
  // The option of graphql-js does not hide all suggestions.
  const message = hideSuggestions ? removeSuggestion(error.message) : error.message
  return createWithoutStack(() => new GraphQLError(message, { nodes, originalError, extensions }))
}

function formatValidationError(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions
  return formatError({ ...error.toJSON(), extensions }, error)
}
