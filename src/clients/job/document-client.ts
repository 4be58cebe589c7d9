import type { Clock } from '../../lib/clock.ts'
import type { TypedDocument } from '../typed-document.ts'
import { unwrapGraphQLResponse } from './graphql-response.ts'
import { type JobSettings, openSession, type SendDocument } from './session.ts'

/** Runs one document with a token for exactly its scopes. */
export type DocumentClient = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>

/** @returns what throws a JobError with the API's words when it refuses */
export const createDocumentClient =
  (send: SendDocument): DocumentClient =>
  async (document, variables) =>
    unwrapGraphQLResponse(await send(document, variables))

/**
 * Finds the authorization server.
 * @param options as for `openSession`
 */
export const connectDocumentClient = async (
  settings: JobSettings,
  options: { dpop?: boolean; clock?: Clock } = {},
): Promise<DocumentClient> => createDocumentClient(await openSession(settings, options))
