import { expect, test } from '@jest/globals'
import { execute, Kind, parse, validate } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { DOCUMENT_CASES } from '../cases/executor/documents.ts'
import { NULL_CASES } from '../cases/executor/nulls.ts'
import { recordOutcome } from '../support/executor/execution-outcome.ts'
import { createSampleSchema } from '../support/executor/sample-schema.ts'

test.each([...NULL_CASES, ...DOCUMENT_CASES])('$id $what', async ({ operations }) => {
  const ran: string[] = []
  const schema = createSampleSchema(ran)
  const run = createExecutor(schema)
  for (const [source, variables = {}] of operations) {
    const document = parse(source)
    const [operation] = document.definitions
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
    expect(validate(schema, document)).toEqual([])
    // The second time it is known.
    for (const time of ['first', 'second']) {
      ran.length = 0
      const ours = await recordOutcome(() => run({ document, operation, variables, context: {} }), ran)
      ran.length = 0
      const operationName = operation.name?.value
      const request = { schema, document, variableValues: variables, operationName, contextValue: {} }
      const theirs = await recordOutcome(() => execute(request), ran)
      expect({ source, variables, time, ...ours }).toEqual({ source, variables, time, ...theirs })
    }
  }
  expect(Object.prototype).not.toHaveProperty('p')
})
