import type { GraphQLSchema } from 'graphql'
import { createBooks } from '../../src/database/book-repository.ts'
import type { Database } from '../../src/database/database.ts'
import { listening } from '../../src/graphql/combine-plugins.ts'
import type { Context } from '../../src/graphql/context.ts'
import { scopeGate } from '../../src/graphql/requires-scope.ts'
import type { Rules } from '../../src/scopes/read-rules.ts'

/** The first lock, where nobody looks at challenges. */
export const gateOf = (schema: GraphQLSchema, rules: Rules) =>
  listening(scopeGate({ schema, rules, declared: [], metadataUrl: () => '', introspectionNeedsToken: false }))

/** What resolvers see of a caller with these scopes, at time 0. */
export const contextWith = (database: Database, ...scopes: string[]): Context => ({
  caller: { subject: 's', client: 'c', scopes: new Set(scopes), expiresAt: 2 ** 31 },
  books: createBooks(database),
  now: () => new Date(0),
  limits: { page: 100, batch: 100 },
  idempotencyKey: undefined,
  tell: () => undefined,
  idempotencyMs: 1,
})
