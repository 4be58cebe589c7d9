import type { DocumentNode, OperationDefinitionNode } from 'graphql'
import { type AdapterOptions, findChallenge } from './adapter.ts'
import type { Challenge } from './challenge.ts'
import type { Scopes } from './create-scopes.ts'

/** The parts of Apollo Server's request context that are used here. */
type ResolvedRequest<Context> = {
  readonly document: DocumentNode
  readonly operation?: OperationDefinitionNode | undefined
  readonly request: { readonly variables?: Record<string, unknown> | undefined }
  readonly contextValue: Context
}

type RespondingRequest = {
  readonly response: {
    readonly http: { status?: number | undefined; readonly headers: Map<string, string> }
    body: unknown
  }
}

/**
 * Returns a plugin for Apollo Server 5 that authorizes every operation before it is executed. Apollo Server copies the
 * context for each operation; the copy is authorized. Not checked: that the server's schema is `scopes.schema`.
 */
export function scopesPlugin<Context extends object>(scopes: Scopes, options: AdapterOptions<Context>) {
  return {
    async requestDidStart() {
      let challenge: Challenge | undefined
      return {
        // Not a validation rule: Apollo Server caches the result of validation for all callers.
        async didResolveOperation({
          document,
          operation,
          request,
          contextValue,
        }: ResolvedRequest<Context>): Promise<void> {
          // Apollo Server rejects a request without an operation itself.
          if (!operation) return
          const { variables } = request
          const operationName = operation.name?.value
          challenge = findChallenge(scopes, options, { document, operationName, variables, contextValue })
          if (challenge) throw challenge.errors[0]
        },
        // Apollo Server responds with the one error that was thrown.
        async willSendResponse({ response }: RespondingRequest): Promise<void> {
          if (!challenge) return
          const { status, headers, errors } = challenge
          response.http.status = status
          for (const [name, value] of Object.entries(headers)) response.http.headers.set(name, value)
          response.body = { kind: 'single', singleResult: { errors: errors.map((error) => error.toJSON()) } }
        },
      }
    },
  }
}
