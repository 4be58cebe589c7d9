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
import { createTextCache } from './text-cache.ts'
import { validateDocument } from './validate-document.ts'

/** Total size of the documents that Apollo Server has parsed itself, in characters. */
const MAX_PARSED_SIZE = 8_000_000

const SUGGESTION = ' Did you mean '

type DocumentStoreOptions = {
  readonly allowsIntrospection: boolean
  /** Leaves out "Did you mean" in errors. */
  readonly hideSuggestions: boolean
  readonly maxErrors: number
}

/**
 * Creates Apollo Server's store of parsed and validated documents. Those of the cache are validated when their id is first
 * looked up, so that Apollo Server does not parse and validate them again. For an invalid one the store has an empty document,
 * which cannot be executed, and the hooks report the errors. Documents that came in another way are stored by their hash.
 */
export function createDocumentStore(
  schema: GraphQLSchema,
  documents: DocumentCache,
  { allowsIntrospection, ...options }: DocumentStoreOptions,
) {
  const validationErrors = new WeakMap<DocumentNode, readonly GraphQLError[]>()
  const store = createTextCache<DocumentNode>(MAX_PARSED_SIZE, {
    countCharacters: (document) => measureMemory(document, document.loc?.source.body ?? ''),
  })

  /** Returns undefined for a document that Apollo Server has to validate itself. */
  function validate({ document }: CachedDocument): DocumentNode | undefined {
    const introspectionErrors = allowsIntrospection
      ? []
      : validateDocument(schema, document, [NoSchemaIntrospectionCustomRule], { ...options, maxErrors: 0 })
    if (introspectionErrors.length > 0) return undefined
    const errors = createWithoutStack(() => validateDocument(schema, document, specifiedRules, options))
    if (errors.length === 0) return document
    const empty: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }
    validationErrors.set(
      empty,
      errors.map((error) => toValidationError(error, options.hideSuggestions)),
    )
    return empty
  }

  const findErrors = (document: DocumentNode) =>
    document.definitions.length === 0 ? validationErrors.get(document) : undefined

  const hooks: RequestHooks<Context> = {
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
        if (!cached) return store.get(key)
        cached.validated ??= validate(cached)
        return cached.validated
      },
      async set(key: string, document: DocumentNode) {
        store.set(key, document)
      },
      delete: async (key: string) => store.delete(key),
    },
  }
}

/** Returns the error that Apollo Server creates of one of graphql-js. */
function toValidationError(error: GraphQLError, hideSuggestions: boolean): GraphQLError {
  const http = { status: 400, headers: new HeaderMap() }
  const extensions = { http, ...error.extensions, code: 'GRAPHQL_VALIDATION_FAILED' }
  const { nodes = null, originalError = error } = error
  const message = hideSuggestions ? removeSuggestion(error.message) : error.message
  return createWithoutStack(() => new GraphQLError(message, { nodes, originalError, extensions }))
}

/**
 * Removes a suggestion at the end of a message, which graphql-js cannot hide in all of them. Apollo Server's pattern for it
 * would take quadratic time: messages repeat values of the document.
 */
export function removeSuggestion(message: string): string {
  if (!message.endsWith('?')) return message
  const start = message.indexOf(SUGGESTION, message.lastIndexOf('\n') + 1)
  return start < 0 ? message : message.slice(0, start)
}

function formatValidationError(error: GraphQLError): GraphQLFormattedError {
  const { http: _, ...extensions } = error.extensions
  return formatError({ ...error.toJSON(), extensions }, error)
}
