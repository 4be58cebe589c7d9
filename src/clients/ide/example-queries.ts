/** Example queries, from those that few scopes allow to those that need more. */
export const EXAMPLE_QUERIES: readonly { readonly name: string; readonly query: string }[] = Object.freeze([
  {
    name: 'Read a book',
    query: `query ReadABook {
  book(id: 1) {
    title
    author
    cost
    numPages
  }
}
`,
  },
  {
    name: 'List the books',
    query: `query ListTheBooks {
  books(first: 10) {
    id
    title
    author
  }
}
`,
  },
  {
    name: 'Add a book',
    query: `mutation AddABook {
  addBook(input: {
    title: "Death on the Nile"
    author: "Agatha Christie"
    cost: 8.5
    numPages: 352
  }) {
    id
    title
  }
}
`,
  },
  {
    name: 'Who added it?',
    query: `query WhoAddedIt {
  books(first: 10) {
    title
    addedBy
    addedAt
  }
}
`,
  },
])
