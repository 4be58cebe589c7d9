const SUGGESTION = 'Did you mean'
const LINE_END = /[\n\r\u2028\u2029]/

/**
 * Removes the suggestion at the end of graphql-js' message, as Apollo Server's `hideSchemaDetailsFromClientErrors` does
 * with `/ ?Did you mean(.+?)\?$/`. That pattern takes time in proportion to the square of the message's length, and a message
 * repeats a wrong value of any length.
 */
export function removeSuggestion(message: string): string {
  if (!message.endsWith('?')) return message
  const lastLine = message.split(LINE_END).at(-1) ?? ''
  const start = message.indexOf(SUGGESTION, message.length - lastLine.length)
  const isEmpty = start + SUGGESTION.length === message.length - 1
  if (start === -1 || isEmpty) return message
  return message.slice(0, message[start - 1] === ' ' ? start - 1 : start)
}
