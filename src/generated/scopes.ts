/** The scopes that the schema declares. */
export const SCOPES = [
  {"name":"fakebookapi.read","description":"Read the books"},
  {"name":"fakebookapi.admin","description":"Add books, and see who added which"},
] as const
