import type { DocumentNode, GraphQLError } from 'graphql'
import { type AdapterOptions, findChallenge } from './adapter.ts'
import type { Scopes } from './create-scopes.ts'

/** A result as GraphQL Yoga reads it: it responds with `http`, and leaves it out of the body. */
type DeniedResult = {
  readonly errors: readonly GraphQLError[]
  readonly extensions: {
    readonly http: { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  }
}

/** The parts of Envelop's events that are used here. */
type ExecutionEvent<Context> = {
  readonly args: {
    readonly document: DocumentNode
    readonly operationName?: string | null | undefined
    readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined
    readonly contextValue: Context
  }
  readonly setResultAndStopExecution: (result: DeniedResult) => void
}

/**
 * Returns a plugin for GraphQL Yoga that authorizes every operation before it is executed. It must stand before plugins that
 * answer instead of the execution, such as a response cache. Not checked: that the server's schema is `scopes.schema`.
 */
export function useScopes<Context extends object>(scopes: Scopes, options: AdapterOptions<Context>) {
  const httpOfDenied = new WeakMap<object, DeniedResult['extensions']['http']>()

  function authorize({ args, setResultAndStopExecution }: ExecutionEvent<Context>): void {
    const { document, operationName, variableValues: variables, contextValue } = args
    const challenge = findChallenge(scopes, options, { document, operationName, variables, contextValue })
    if (!challenge) return
    const { status, headers, errors } = challenge
    const result: DeniedResult = { errors, extensions: { http: { status, headers } } }
    httpOfDenied.set(result, result.extensions.http)
    setResultAndStopExecution(result)
  }

  /** Yoga takes the status of a batch from the list, not from its results. */
  function onResultProcess({ result }: { readonly result: object }): void {
    const http = Array.isArray(result) && result.map((one) => httpOfDenied.get(one)).find(Boolean)
    if (http) Object.assign(result, { extensions: { http } })
  }
  return { onExecute: authorize, onSubscribe: authorize, onResultProcess }
}
