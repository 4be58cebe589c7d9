import { expect, test } from '@jest/globals'
import { execute, Kind, parse, validate } from 'graphql'
import { createExecutor } from '../../src/executor/executor.ts'
import { DOCUMENTS } from '../cases/executor/documents.ts'
import { NULLS } from '../cases/executor/nulls.ts'
import { outcomeOf } from '../support/executor/execution-outcome.ts'
import { smallWorld } from '../support/executor/sample-schema.ts'

test.each([...NULLS, ...DOCUMENTS])('$id $what', async ({ asks }) => {
  const ran: string[] = []
  const schema = smallWorld(ran)
  const run = createExecutor(schema)
  for (const [source, variables = {}] of asks) {
    const document = parse(source)
    const [operation] = document.definitions
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation')
    expect(validate(schema, document)).toEqual([])
    // The second time it is known.
    for (const time of ['first', 'second']) {
      ran.length = 0
      const ours = await outcomeOf(() => run({ document, operation, variables, context: {} }), ran)
      ran.length = 0
      const operationName = operation.name?.value
      const request = { schema, document, variableValues: variables, operationName, contextValue: {} }
      const theirs = await outcomeOf(() => execute(request), ran)
      expect({ source, variables, time, ...ours }).toEqual({ source, variables, time, ...theirs })
    }
  }
  expect(Object.prototype).not.toHaveProperty('p')
})
