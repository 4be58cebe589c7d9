/** Returns one value of a query or a form, or `''` when it is missing or given more than once. */
export function readTextField(fields: unknown, name: string): string {
  const value = Object(fields)[name]
  return typeof value === 'string' ? value : ''
}
