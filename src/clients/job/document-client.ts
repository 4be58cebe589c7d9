import type { Clock } from '../../lib/clock.ts'
import type { ScopedDocument } from '../typed-document.ts'
import { resultOf } from './graphql-response.ts'
import { type Ask, type JobSettings, openSession } from './session.ts'

/** Runs one document with a token for exactly its scopes. */
export type RunDocument = <Result, Variables>(
  document: ScopedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>

/** @returns what throws a JobFault with the API's words when it refuses */
export const answered =
  (ask: Ask): RunDocument =>
  async (document, variables) =>
    resultOf(await ask(document, variables))

/**
 * Finds the authorization server.
 * @param options as for `openSession`
 */
export const connect = async (
  settings: JobSettings,
  options: { dpop?: boolean; clock?: Clock } = {},
): Promise<RunDocument> => answered(await openSession(settings, options))
