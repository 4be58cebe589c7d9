import { stripTypeScriptTypes } from 'node:module'
import { generate } from '@graphql-codegen/cli'
import { preset as clientPreset } from '@graphql-codegen/client-preset'
import { describe, expect, test } from '@jest/globals'
import { buildClientSchema, buildSchema, type GraphQLSchema, introspectionFromSchema } from 'graphql'
import { getRequiredScopes } from '../../src/scopes/client.ts'
import { preset, scopesPreset } from '../../src/scopes/codegen.ts'
import { CODEGEN_CASES, CODEGEN_ERRORS, CODEGEN_SCHEMA } from '../cases/scopes/codegen.ts'

type GenerateOptions = {
  readonly schema?: string | readonly string[] | GraphQLSchema | undefined
  readonly documents: string | readonly string[]
  readonly externalDocuments?: string[]
  readonly folder?: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly presetConfig?: Readonly<Record<string, unknown>>
  readonly preset?: typeof clientPreset
}

/** Runs codegen, and returns the text of each file. */
async function runCodegen({
  schema = CODEGEN_SCHEMA,
  documents,
  externalDocuments = [],
  folder = 'gql/',
  config = {},
  presetConfig = {},
  preset: outputPreset = scopesPreset,
}: GenerateOptions): Promise<Readonly<Record<string, string>>> {
  const files: { filename: string; content: string }[] = await generate(
    {
      silent: true,
      schema: [schema].flat(),
      documents: [documents].flat(),
      externalDocuments,
      generates: { [folder]: { preset: outputPreset, presetConfig, config } },
    },
    false,
  )
  return Object.fromEntries(files.map(({ filename, content }) => [filename.replace('gql/', ''), content]))
}

/** Runs codegen, and imports the documents that it writes. */
async function generateDocuments(options: GenerateOptions): Promise<Readonly<Record<string, object>>> {
  const files = await runCodegen({ ...options, config: { useTypeImports: true, ...options.config } })
  const code = stripTypeScriptTypes(files['graphql.ts'] ?? '')
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}

const getDocument = (documents: Readonly<Record<string, object>>, name: string): object =>
  documents[`${name}Document`] ?? {}

const MODES = [{ mode: undefined }, { mode: 'documentNode' }, { mode: 'string' }]

describe.each(MODES)('documentMode: $mode', ({ mode }) => {
  test.each(CODEGEN_CASES)('$id writes the scopes $title', async ({ schema, documents, requiredScopes }) => {
    const generated = await generateDocuments({ schema, documents, config: { documentMode: mode } })
    const actual = Object.keys(requiredScopes).map((name) => [
      name,
      getRequiredScopes(getDocument(generated, name)),
    ])
    expect(Object.fromEntries(actual)).toEqual(requiredScopes)
  })
})

const TWO_QUERIES = 'query A { book { ...B } } query C { version } fragment B on Book { sales }'

test.each(MODES)('codegen/O01 writes nothing else, with documentMode $mode', async ({ mode }) => {
  const options = { documents: TWO_QUERIES, config: { documentMode: mode } }
  const { 'graphql.ts': typed = '', ...files } = await runCodegen(options)
  const { 'graphql.ts': plain, ...plainFiles } = await runCodegen({ ...options, preset: clientPreset })
  expect(files).toEqual(plainFiles)
  const meta = /"__meta__":\{"requiredScopes":\[[^\]]*\]\},|, \{"requiredScopes":\[[^\]]*\]\}/g
  expect(typed.match(meta)).toHaveLength(2)
  // The client preset writes the positions of the document `documentNode` only.
  expect(typed.replaceAll(meta, '')).toBe(plain?.replaceAll(/,"loc":\{[^}]*\}/g, ''))
})

test('codegen/O02 adds the scopes to the metadata of the user', async () => {
  const names: unknown[] = []
  const { ADocument, CDocument } = await generateDocuments({
    documents: TWO_QUERIES,
    presetConfig: {
      onExecutableDocumentNode({ definitions: [operation] }: { definitions: { name: { value: string } }[] }) {
        names.push(operation?.name.value)
        return operation?.name.value === 'A' ? { owner: 'me', requiredScopes: 'none' } : undefined
      },
    },
  })
  expect(names).toEqual(['A', 'C'])
  expect([ADocument, CDocument]).toMatchObject([
    { __meta__: { owner: 'me', requiredScopes: ['read', 'audit'] } },
    { __meta__: { requiredScopes: [] } },
  ])
})

test.each([
  { id: 'codegen/O03', mode: 'embedHashInDocument', documentMode: 'string' },
  { id: 'codegen/O04', mode: 'embedHashInDocument', documentMode: 'documentNode' },
  { id: 'codegen/O05', mode: 'replaceDocumentWithHash', documentMode: 'string' },
  { id: 'codegen/O06', mode: 'replaceDocumentWithHash', documentMode: undefined },
])(
  '$id persisted documents ($mode) have scopes, documentMode $documentMode',
  async ({ mode, documentMode }) => {
    const options = {
      documents: TWO_QUERIES,
      config: { documentMode },
      presetConfig: { persistedDocuments: { mode, hashPropertyName: 'documentId' } },
    }
    const { ADocument = {} } = await generateDocuments(options)
    const [hash] = Object.keys(JSON.parse((await runCodegen(options))['persisted-documents.json'] ?? ''))
    expect(ADocument).toMatchObject({ __meta__: { documentId: hash } })
    expect(getRequiredScopes(ADocument)).toEqual(['read', 'audit'])
    expect('kind' in ADocument).toBe(mode === 'embedHashInDocument' && documentMode !== 'string')
  },
)

test('codegen/O07 passes the other options of the client preset on', async () => {
  const presetConfig = { fragmentMasking: false, skipIndexFile: true, gqlTagName: 'gql' }
  const files = await runCodegen({ documents: TWO_QUERIES, presetConfig })
  expect(Object.keys(files).sort()).toEqual(['gql.ts', 'graphql.ts'])
  expect(files['gql.ts']).toContain('export function gql(')
  const masked = await runCodegen({
    documents: TWO_QUERIES,
    presetConfig: { fragmentMasking: { unmaskFunctionName: 'readFragment' } },
  })
  expect(masked['fragment-masking.ts']).toContain('export function readFragment<')
})

test('codegen/O08 reads the rules of a schema object, and fragments of external documents', async () => {
  const { ADocument = {} } = await generateDocuments({
    schema: buildSchema(CODEGEN_SCHEMA),
    documents: 'query A { book { ...B } }',
    externalDocuments: ['fragment B on Book { sales }'],
  })
  expect(getRequiredScopes(ADocument)).toEqual(['read', 'audit'])
})

test('codegen/O09 is found by name under preset', () => {
  expect(preset).toBe(scopesPreset)
  expect(preset.prepareDocuments).toBe(clientPreset.prepareDocuments)
})

test.each(CODEGEN_ERRORS)('$id rejects $title', async (row) => {
  const {
    schema = CODEGEN_SCHEMA,
    isIntrospected,
    documents = 'query A { version }',
    message,
    ...options
  } = row
  const loaded = isIntrospected ? buildClientSchema(introspectionFromSchema(buildSchema(schema))) : schema
  await expect(runCodegen({ ...options, schema: loaded, documents })).rejects.toThrow(message)
})

test.each(MODES)(
  'codegen/E09 rejects reading the scopes of a fragment, documentMode $mode',
  async ({ mode }) => {
    const generated = await generateDocuments({ documents: TWO_QUERIES, config: { documentMode: mode } })
    const { BFragmentDoc = {} } = generated
    expect(String(Object.keys(BFragmentDoc))).toMatch(/kind|value/)
    expect(() => getRequiredScopes(BFragmentDoc)).toThrow(
      'The document has no requiredScopes. Generate it with',
    )
  },
)

test.each([
  { id: 'codegen/E10', document: {} },
  { id: 'codegen/E11', document: { __meta__: undefined } },
  { id: 'codegen/E12', document: { __meta__: null } },
  { id: 'codegen/E13', document: { __meta__: { requiredScopes: 'read' } } },
])('$id rejects reading the scopes of $document', ({ document }) => {
  expect(() => getRequiredScopes(document)).toThrow('The document has no requiredScopes.')
})
