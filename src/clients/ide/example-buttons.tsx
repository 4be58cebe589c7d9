import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { getOperationAST, parse } from 'graphql'
import { EXAMPLE_QUERIES } from './example-queries.ts'

/** Buttons that open an example, in a new tab unless the active one is empty or contains an unchanged example. */
export function ExampleButtons() {
  const { queryEditor } = useGraphiQL(pick('queryEditor'))
  const { addTab, setOperationName } = useGraphiQLActions()
  const open = (query: string) => {
    const currentQuery = queryEditor?.getValue() ?? ''
    if (currentQuery.trim() !== '' && !EXAMPLE_QUERIES.some((example) => example.query === currentQuery))
      addTab()
    queryEditor?.setValue(query)
    // GraphiQL updates the operation name later, and until then would run the query under the previous name.
    setOperationName(getOperationAST(parse(query))?.name?.value ?? '')
  }
  return (
    <nav aria-label="Example queries">
      Examples:
      {EXAMPLE_QUERIES.map(({ name, query }) => (
        <button key={name} type="button" className="quiet" onClick={() => open(query)}>
          {name}
        </button>
      ))}
    </nav>
  )
}
