import { assertSchema } from 'graphql'

const [BEFORE, AFTER] = ['Expected ', ' to be a GraphQL schema.']

/** A value as graphql-js writes it in its errors: it exports no function for that, but has one that throws it back. */
export function inspect(value: unknown): string {
  try {
    assertSchema(value)
  } catch (error) {
    return (error as Error).message.slice(BEFORE.length, -AFTER.length)
  }
  return 'a schema'
}
