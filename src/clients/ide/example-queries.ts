import examples from './examples.graphql?raw'

/** The queries of examples.graphql, from those that few scopes allow to those that need more. Each has its name above it. */
export const EXAMPLE_QUERIES = examples
  .split('# ')
  .slice(1)
  .map((example) => {
    const [name = '', ...lines] = example.trim().split('\n')
    return { name, query: `${lines.join('\n')}\n` }
  })
