import { readdirSync, readFileSync } from 'node:fs'
import { buildASTSchema, concatAST, type GraphQLSchema, parse, Source } from 'graphql'

const FOLDER = new URL('../schema/', import.meta.url)

/** The schema as its authors wrote it, each definition knowing its file and line; no resolvers. */
export function readSchema(): GraphQLSchema {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
  const documents = files.map((name) =>
    parse(new Source(readFileSync(new URL(name, FOLDER), 'utf8'), `schema/${name}`)),
  )
  return buildASTSchema(concatAST(documents))
}
