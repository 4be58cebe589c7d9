import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { MUTATION_SUITES } from './mutation-suites.ts'

// `npm run mutate` takes long and is run rarely. This test notices at once if a change of the source breaks a mutation.
test.each(MUTATION_SUITES)(
  'the code that each mutation of $folder replaces occurs exactly once',
  ({ folder, mutations }) => {
    const notApplying = mutations.filter(({ file, find }) => {
      const source = readFileSync(new URL(`../../src/${folder}/${file}.ts`, import.meta.url), 'utf8')
      return source.split(find).length !== 2
    })
    expect(notApplying).toEqual([])
  },
)
