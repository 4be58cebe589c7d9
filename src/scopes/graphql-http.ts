import { type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import { type AdapterOptions, chooseContentType, findChallenge } from './adapter.ts'
import type { Challenge } from './challenge.ts'
import type { Scopes } from './create-scopes.ts'

/** A response of graphql-http. */
type HandlerResponse = readonly [
  body: string,
  init: { readonly status: number; readonly statusText: string; readonly headers: Record<string, string> },
]

/** The part of graphql-http's request that is used here. */
type HandlerRequest = {
  readonly headers:
    | { readonly get: (name: string) => string | null | undefined }
    | Readonly<Record<string, string | string[] | undefined>>
}

const STATUS_TEXTS = { 401: 'Unauthorized', 403: 'Forbidden' }

/**
 * Returns options for `createHandler` of graphql-http, which authorize every operation before it is executed. Not checked:
 * that the schema of the handler is `scopes.schema`, and that its options do not replace `execute` and `onOperation`.
 */
export function scopesHandler<Context extends object>(scopes: Scopes, options: AdapterOptions<Context>) {
  const challenges = new WeakMap<ExecutionResult, Challenge>()
  return {
    execute(args: ExecutionArgs) {
      const { document, operationName, variableValues: variables } = args
      // graphql-http does not know the type of its context.
      const contextValue = args.contextValue as Context
      const challenge = findChallenge(scopes, options, { document, operationName, variables, contextValue })
      if (!challenge) return execute(args)
      const result: ExecutionResult = { errors: challenge.errors }
      challenges.set(result, challenge)
      return result
    },
    onOperation(request: HandlerRequest, _args: unknown, result: object): HandlerResponse | undefined {
      const challenge = challenges.get(result)
      if (!challenge) return undefined
      const { status, headers, errors } = challenge
      const contentType = chooseContentType(readAccept(request))
      return [
        JSON.stringify({ errors }),
        { status, statusText: STATUS_TEXTS[status], headers: { ...headers, 'content-type': contentType } },
      ]
    },
  }
}

function readAccept({ headers }: HandlerRequest): string | undefined {
  const accept = typeof headers.get === 'function' ? headers.get('accept') : Object(headers).accept
  return accept === undefined || accept === null ? undefined : String(accept)
}
