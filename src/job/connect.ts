import type { ScopedDocument } from '../asked-scopes.ts'
import type { Clock } from '../clock.ts'
import { resultOf } from './answer.ts'
import { type JobSettings, openSession } from './session.ts'

/** Runs one document with a token for exactly its scopes. */
export type RunDocument = <Result, Variables>(
  document: ScopedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>

/**
 * Finds the authorization server.
 * @param options as for `openSession`
 * @returns what throws a JobFault with the API's words when it refuses
 */
export async function connect(
  settings: JobSettings,
  options: { dpop?: boolean; clock?: Clock } = {},
): Promise<RunDocument> {
  const ask = await openSession(settings, options)
  return async function run(document, variables) {
    return resultOf(await ask(document, variables))
  }
}
