// Runs the TypeScript example against the API: codegen, the compiler, and the program.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { copyExample, exampleSettings, linkPackages, runCommand } from '../support/examples/run-example.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'
import { type Service, startService } from '../support/service.ts'

let service: Service
let folder: string
let generated: Awaited<ReturnType<typeof runCommand>>
beforeAll(async () => {
  service = await startService()
  folder = copyExample('typescript')
  linkPackages(folder)
  generated = await runCommand(folder, ['graphql-codegen'], exampleSettings(service))
})
afterAll(() => service.close())

test('examples/T01 the stock preset generates types from the introspection of the API', () => {
  expect(generated).toMatchObject({ status: 0, stderr: expect.not.stringMatching(/warn/i) })
  expect(readFileSync(join(folder, 'codegen.ts'), 'utf8')).toContain("'gql/': { preset: 'client' }")
})

test('examples/T02 the program lists the books, requests the missing scope and adds a book', async () => {
  const command = ['npm', 'start', '--silent']
  const { status, stdout, stderr } = await runCommand(folder, command, exampleSettings(service))
  expect([status, stderr, stdout]).toEqual([
    0,
    '',
    `1. And Then There Were None, Agatha Christie: $7.99
2. The Hound of the Baskervilles, Arthur Conan Doyle: $6.49
3. Pride and Prejudice, Jane Austen: $5.99
4. The Murder of Roger Ackroyd, Agatha Christie: $8.50
5. The Moonstone, Wilkie Collins: $9.25
403: Not authorized to access Mutation.addBook: requires scope fakebookapi.admin; the token has fakebookapi.read.
Added 6. Curtain as fakebook-cron.
`,
  ])
})

test('examples/T03 codegen rejects a field that does not exist', async () => {
  const copy = copyExample('typescript')
  linkPackages(copy)
  const file = join(copy, 'books.ts')
  writeFileSync(file, readFileSync(file, 'utf8').replace('numPages', 'isbn'))
  const { status, stdout, stderr } = await runCommand(copy, ['graphql-codegen'], exampleSettings(service))
  expect([status, stdout + stderr]).toEqual([
    1,
    expect.stringContaining('Cannot query field "isbn" on type "Book".'),
  ])
})

const PRELUDE = `import { execute } from './api'
import { addBook, findAddition, listBooks } from './books'
import { type AddBookInput, BooksDocument, type BooksQueryVariables } from './gql/graphql'

export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
export const used = [addBook, execute, findAddition, listBooks, BooksDocument]
export type Used = AddBookInput | BooksQueryVariables
`

const isExactly = (type: string, expected: string) =>
  `export const isEqual: Equal<${type}, ${expected}> = true`
const LIST_TYPE = 'Awaited<ReturnType<typeof listBooks>>'

/** Code that uses the example, and the only error of the compiler, if there is one. Ids never change. */
const TYPES: readonly {
  readonly id: string
  readonly title: string
  readonly code: string
  readonly error?: string
}[] = [
  {
    id: 'examples/T10',
    title: 'the result of listBooks has exactly the types of the selected fields',
    code: isExactly(
      LIST_TYPE,
      '{ id: string; title: string; author: string; cost: number; numPages: number }[]',
    ),
  },
  {
    id: 'examples/T11',
    title: 'the result of findAddition can be null, and so can its fields',
    code: isExactly(
      'Awaited<ReturnType<typeof findAddition>>',
      '{ title: string; addedBy: string | null; addedAt: string | null } | null',
    ),
  },
  {
    id: 'examples/T12',
    title: 'the result of addBook is not nullable',
    code: isExactly('Awaited<ReturnType<typeof addBook>>', '{ id: string; title: string }'),
  },
  {
    id: 'examples/T13',
    title: 'the variables of a page are typed',
    code: isExactly(
      'BooksQueryVariables',
      '{ first?: number | null | undefined; after?: string | number | null | undefined }',
    ),
  },
  {
    id: 'examples/T14',
    title: 'the input of addBook is typed',
    code: isExactly(
      'AddBookInput',
      '{ author: string; cost: number; id?: string | number | null | undefined; idempotencyKey?: string | null | undefined; numPages: number; title: string }',
    ),
  },
  {
    id: 'examples/T20',
    title: 'another type of a field is an error',
    code: isExactly(
      LIST_TYPE,
      '{ id: number; title: string; author: string; cost: number; numPages: number }[]',
    ),
    error: "Type 'true' is not assignable to type 'false'.",
  },
  {
    id: 'examples/T21',
    title: 'a field that was not selected is an error',
    code: "export const by = async () => (await listBooks('', 2))[0]?.addedBy",
    error:
      "Property 'addedBy' does not exist on type '{ id: string; title: string; author: string; cost: number; numPages: number; }'.",
  },
  {
    id: 'examples/T22',
    title: 'a price as text is an error',
    code: "void addBook('', { title: 't', author: 'a', cost: '7.99', numPages: 1 }, 'key')",
    error: "Type 'string' is not assignable to type 'number'.",
  },
  {
    id: 'examples/T23',
    title: 'a missing input field is an error',
    code: "void addBook('', { title: 't', author: 'a', cost: 7.99 }, 'key')",
    error:
      "Property 'numPages' is missing in type '{ title: string; author: string; cost: number; }' but required in type 'AddBookInput'.",
  },
  {
    id: 'examples/T24',
    title: 'a page size as text is an error',
    code: "void execute(BooksDocument, { first: '2' }, '')",
    error: "Type 'string' is not assignable to type 'number'.",
  },
]

test('examples/T04 the compiler finds exactly the errors of the table', async () => {
  const fileOf = (id: string) => `${id.replace('examples/', '')}.ts`
  for (const { id, code } of TYPES) writeFileSync(join(folder, fileOf(id)), `${PRELUDE}${code}\n`)
  const { stdout } = await runCommand(folder, ['tsc', '--noEmit', '--pretty', 'false'])
  const errors = [...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error TS\d+: (.*)$/gm)]
  expect(errors.map(([, file, message]) => ({ file, message }))).toEqual(
    TYPES.flatMap(({ id, error }) => (error === undefined ? [] : [{ file: fileOf(id), message: error }])),
  )
})

test('examples/T05 the packages of the example have the versions of this project', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(PROJECT_ROOT, file), 'utf8'))
  const project = read('package.json')
  const example = read('examples/typescript/package.json')
  expect({ ...project.dependencies, ...project.devDependencies }).toMatchObject({
    ...example.dependencies,
    ...example.devDependencies,
  })
})
