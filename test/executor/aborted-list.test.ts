import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Kind, parse } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

// graphql-js leaves such a promise to itself. Jest fails where nobody hears of one that was broken, and Node ends.
test('X12 what an item comes to after another one has broken off its list is heard', async () => {
  const document = parse('{ brokenOff self { brokenOff } ok }')
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
  const run = createExecutor(createSampleSchema())
  const { data, errors } = await run({ document, operation, variables: {}, context: {} })
  await setImmediate()
  expect(JSON.stringify(data)).toBe('{"brokenOff":null,"self":{"brokenOff":null},"ok":1}')
  expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['brokenOff.1', 'self.brokenOff.1'])
})
