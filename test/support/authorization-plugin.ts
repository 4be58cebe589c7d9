import { createBookRepository } from '../../src/database/book-repository.ts'
import type { Database } from '../../src/database/database.ts'
import { combineHooks } from '../../src/graphql/combine-hooks.ts'
import type { Context } from '../../src/graphql/context.ts'
import { createAuthorization } from '../../src/graphql/requires-scope.ts'
import { JSON_CONTENT_TYPE } from '../../src/lib/http-messages.ts'
import { withoutInstrumentation } from '../../src/lib/instrument.ts'
import type { Scopes } from '../../src/scopes/index.ts'

/** Returns the plugin that authorizes operations; its challenges have no metadata URL. */
export const createAuthorizationPlugin = (scopes: Scopes) =>
  combineHooks(
    createAuthorization({
      scopes,
      getMetadataUrl: () => '',
      introspectionRequiresToken: false,
      instrument: withoutInstrumentation,
    }).hooks,
  )

/** Returns the context of a caller with these scopes, at time 0. */
export const createContextWithScopes = (database: Database, ...scopes: string[]): Context => ({
  caller: { subject: 's', client: 'c', scopes: new Set(scopes), expiresAt: 2 ** 31 },
  anonymousScheme: 'Bearer',
  books: createBookRepository(database),
  getDate: () => new Date(0),
  contentType: JSON_CONTENT_TYPE,
  limits: { maxPageSize: 100, maxBatchSize: 100, maxCount: 100 },
  idempotencyKey: undefined,
  addOperationInfo: () => undefined,
  idempotencyTtlMs: 1,
})
