// A fault whose place has been rewritten would never be put in, and `npm run mutate` is not run each time.

import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { AUTH_MUTATIONS } from './auth-mutations.ts'
import { EXECUTOR_MUTATIONS } from './executor-mutations.ts'
import { SCOPES_MUTATIONS } from './scopes-mutations.ts'

test.each([
  ['scopes', SCOPES_MUTATIONS],
  ['executor', EXECUTOR_MUTATIONS],
  ['auth', AUTH_MUTATIONS],
] as const)('what each fault of %s replaces stands in its file once', (room, faults) => {
  const lost = faults.filter(([file, right]) => {
    const text = readFileSync(new URL(`../../src/${room}/${file}.ts`, import.meta.url), 'utf8')
    return text.split(right).length !== 2
  })
  expect(lost).toEqual([])
})
