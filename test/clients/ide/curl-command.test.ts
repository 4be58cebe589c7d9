import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { buildCurlCommand } from '../../../src/clients/ide/curl-command.ts'

const URL = 'http://localhost:4000/graphql'

/** Runs a command in a shell in which curl prints its arguments. */
function readArguments(command: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`
  const output = execFileSync('sh', ['-c', script], { env: { ACCESS_TOKEN: 'a.b.c' }, encoding: 'utf8' })
  return output.split('\0').slice(0, -1)
}

test.each([
  { id: 'ide/U01', title: 'quotes', text: `it's "quoted" ''` },
  { id: 'ide/U02', title: 'expansions', text: '$(touch /tmp/x) `id` $HOME !!' },
  { id: 'ide/U03', title: 'backslashes and newlines', text: "\\ \\n \\' \n\r\t" },
  { id: 'ide/U04', title: 'shell operators', text: '; id | id && id > x #' },
  { id: 'ide/U05', title: 'other scripts', text: 'né 本 🦉' },
])('$id passes $title to curl unchanged', ({ text }) => {
  const operation = { query: `{ a(b: "${text}") }`, variables: { text }, operationName: undefined }
  const [url, ...options] = readArguments(buildCurlCommand(URL, operation, { 'x-text': text }))
  expect(url).toBe(URL)
  expect(options.slice(0, -1)).toEqual([
    '-H',
    'content-type: application/json',
    '-H',
    `x-text: ${text}`,
    '--data-raw',
  ])
  expect(JSON.parse(options.at(-1) ?? '')).toEqual({ query: operation.query, variables: { text } })
})

test.each([
  { id: 'ide/U06', headers: { Authorization: 'Bearer secret' } },
  { id: 'ide/U07', headers: { AUTHORIZATION: 'DPoP secret' } },
])('$id reads the token of $headers from the environment', ({ headers }) => {
  const command = buildCurlCommand(URL, { query: '{ a }', variables: undefined, operationName: 'A' }, headers)
  expect(command).not.toContain('secret')
  expect(readArguments(command)).toContain('authorization: Bearer a.b.c')
})
