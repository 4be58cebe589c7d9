import { getOperationAST, parse } from 'graphql'
import { EXAMPLE_QUERIES } from './example-queries.ts'
import { useOpenOperation } from './use-open-operation.ts'

export function ExampleButtons() {
  const openOperation = useOpenOperation()
  return (
    <nav aria-label="Example queries">
      Examples:
      {EXAMPLE_QUERIES.map(({ name, query }) => (
        <button
          key={name}
          type="button"
          className="quiet"
          onClick={() => {
            const operationName = getOperationAST(parse(query))?.name?.value ?? ''
            openOperation({ query, variables: '', operationName })
          }}
        >
          {name}
        </button>
      ))}
    </nav>
  )
}
