import { addResolversToSchema } from '@graphql-tools/schema'
import type { GraphQLSchema } from 'graphql'
import { badUserInput } from '../errors/api-error.ts'
import { printSubgraph } from '../scopes/federation.ts'
import { parseBookId } from './book-input.ts'
import type { Context } from './context.ts'

/**
 * Adds the resolvers of a subgraph of Apollo Federation, if the schema is one. `@apollo/subgraph` would resolve each
 * representation by itself, and would add `_entities` to the schema without a rule.
 */
export function addSubgraphResolvers(
  schema: GraphQLSchema,
  { hasIntrospection }: { readonly hasIntrospection: boolean },
): GraphQLSchema {
  if (!schema.getType('_Entity')) return schema
  const sdl = hasIntrospection ? printSubgraph(schema) : null
  const resolvers = {
    Query: { _entities: readEntities, _service: () => ({ sdl }) },
    _Entity: { __resolveType: () => 'Book' },
  }
  return addResolversToSchema({ schema, resolvers })
}

/** Reads all books at once. @throws ApiError `BAD_USER_INPUT` for a representation that is not one of a book */
async function readEntities(
  _: unknown,
  { representations }: { readonly representations: readonly unknown[] },
  { books }: Context,
) {
  const ids = representations.map(parseRepresentation)
  const found = await books.findMany([...new Set(ids.filter((id) => id !== undefined))])
  const byId = new Map(found.map((book) => [book.id, book]))
  return ids.map((id) => (id === undefined ? undefined : byId.get(id)))
}

/** Returns the id; undefined for one that no book can have. */
function parseRepresentation(representation: unknown, index: number): number | undefined {
  const { __typename: typename, id } = Object(representation)
  const argument = `representations[${index}]`
  if (typename !== 'Book')
    throw badUserInput([{ argument: `${argument}.__typename`, message: 'must be "Book".' }])
  if (typeof id !== 'string' && !Number.isInteger(id))
    throw badUserInput([{ argument: `${argument}.id`, message: 'must be the id of a book.' }])
  return parseBookId(String(id))
}
