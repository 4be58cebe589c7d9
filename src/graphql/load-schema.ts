import { readdirSync, readFileSync } from 'node:fs'
import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  Source,
} from 'graphql'

const FOLDER = new URL('../../schema/', import.meta.url)

/** The schema as its authors wrote it, each definition knowing its file and line; no resolvers. */
export const loadSchema = (): GraphQLSchema => buildASTSchema(concatAST(readDocuments()))

/**
 * Another version of the schema.
 * @param files names and texts; where they leave the directives out, today's are meant
 * @throws GraphQLError or Error when they are not a schema
 */
export function buildSchemaFromFiles(
  files: readonly { readonly name: string; readonly text: string }[],
): GraphQLSchema {
  const documents = files.map(({ name, text }) => parse(new Source(text, name)))
  const own = new Set(documents.flatMap(namesOf))
  const ours = readDocuments().filter((document) => {
    const declares = document.definitions.some((node) => node.kind === Kind.DIRECTIVE_DEFINITION)
    return declares && !namesOf(document).some((name) => own.has(name))
  })
  return buildASTSchema(concatAST([...ours, ...documents]))
}

function readDocuments(): DocumentNode[] {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
  return files.map((name) => parse(new Source(readFileSync(new URL(name, FOLDER), 'utf8'), `schema/${name}`)))
}

const namesOf = (document: DocumentNode) =>
  document.definitions.flatMap((node) => (node.kind === Kind.DIRECTIVE_DEFINITION ? [node.name.value] : []))
