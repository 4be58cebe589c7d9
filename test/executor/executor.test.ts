import { setImmediate } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { execute, validate } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { DOCUMENT_CASES } from '../cases/executor/documents.ts'
import { NULL_CASES } from '../cases/executor/nulls.ts'
import { recordOutcome } from '../support/executor/execution-outcome.ts'
import { parseOperation } from '../support/executor/parse-operation.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

test.each([...NULL_CASES, ...DOCUMENT_CASES])(
  '$id executes $title like graphql-js',
  async ({ operations }) => {
    const resolverCalls: string[] = []
    const schema = createSampleSchema(resolverCalls)
    const executeOperation = createExecutor(schema)
    for (const { source, variables = {} } of operations) {
      const { document, operation } = parseOperation(source)
      expect(validate(schema, document)).toEqual([])
      // The second run uses the cached compilation.
      for (const run of ['first', 'second']) {
        resolverCalls.length = 0
        const request = { document, operation, variables, context: {} }
        const actual = await recordOutcome(() => executeOperation(request), resolverCalls)
        resolverCalls.length = 0
        const expected = await recordOutcome(
          () =>
            execute({
              schema,
              document,
              variableValues: variables,
              operationName: operation.name?.value,
              contextValue: {},
            }),
          resolverCalls,
        )
        expect({ source, variables, run, ...actual }).toEqual({ source, variables, run, ...expected })
      }
    }
    expect(Object.prototype).not.toHaveProperty('p')
  },
)

// graphql-js leaves such a rejection unhandled, which ends a Node process and fails a test.
test('executor/X12 handles the rejection of a list item after another item has failed the list', async () => {
  const executeOperation = createExecutor(createSampleSchema())
  const request = parseOperation('{ brokenOff self { brokenOff } ok }')
  const { data, errors } = await executeOperation({ ...request, variables: {}, context: {} })
  await setImmediate()
  expect(JSON.stringify(data)).toBe('{"brokenOff":null,"self":{"brokenOff":null},"ok":1}')
  expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['brokenOff.1', 'self.brokenOff.1'])
})
