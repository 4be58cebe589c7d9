import { assertSchema } from 'graphql'

const [PREFIX, SUFFIX] = ['Expected ', ' to be a GraphQL schema.']

/**
 * Formats a value as graphql-js does in its error messages. graphql-js does not export its formatter, so the text is
 * taken from the message of an assertion.
 */
export function inspect(value: unknown): string {
  try {
    assertSchema(value)
  } catch (error) {
    return (error as Error).message.slice(PREFIX.length, -SUFFIX.length)
  }
  return 'a schema'
}
