import type { Clock } from '../../lib/clock.ts'
import type { TypedDocument } from '../typed-document.ts'
import { unwrapGraphQLResponse } from './graphql-response.ts'
import { type JobSettings, openSession, type SendDocument } from './session.ts'

/** Executes a document and returns its data. Throws a JobError when the API rejects it. */
export type DocumentClient = <Result, Variables>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
) => Promise<Result>

export const createDocumentClient =
  (send: SendDocument): DocumentClient =>
  async (document, variables) =>
    unwrapGraphQLResponse(await send(document, variables))

/**
 * Opens a session and creates a client for it.
 * @param options as for `openSession`
 */
export const connectDocumentClient = async (
  settings: JobSettings,
  options: { dpop?: boolean; clock?: Clock } = {},
): Promise<DocumentClient> => createDocumentClient(await openSession(settings, options))
