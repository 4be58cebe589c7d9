import { type EditorHeaders, isAuthorization } from './access-token.ts'

/** Builds a curl command for POSIX shells. It reads the access token from the environment variable `ACCESS_TOKEN`. */
export function buildCurlCommand(url: string, operation: object, headers: EditorHeaders): string {
  const options = Object.entries({ 'content-type': 'application/json', ...headers }).map(([name, value]) =>
    isAuthorization(name) ? '-H "authorization: Bearer $ACCESS_TOKEN"' : `-H ${quote(`${name}: ${value}`)}`,
  )
  return [`curl ${quote(url)}`, ...options, `--data-raw ${quote(JSON.stringify(operation))}`].join(' \\\n  ')
}

/** A single-quoted string has no escapes (POSIX Shell Command Language §2.2.2). */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
