import type { GraphQLSchema } from 'graphql'
import type { Context } from '../src/api/context.ts'
import { listening } from '../src/api/listening.ts'
import { scopeGate } from '../src/api/scope-gate.ts'
import type { Rules } from '../src/scopes/rules.ts'
import { createBooks } from '../src/store/books.ts'
import type { Database } from '../src/store/database.ts'

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
