// Reads the part of the format of .http files that examples/fakebook.http uses, as the README of the REST Client extension
// of VS Code describes it. The extension runs only inside VS Code.

type NamedRequest = {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A response of a named request, for references such as `{{login.response.body.$.access_token}}`. */
export type NamedResponse = { readonly name: string; readonly status: number; readonly body: unknown }

type HttpFile = {
  readonly variables: Readonly<Record<string, string>>
  readonly requests: readonly NamedRequest[]
}

/** Parses `@name = value` lines and the requests between `###` lines. */
export function parseHttpFile(text: string): HttpFile {
  const variables = [...text.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name = '', value = '']) => [name, value])
  const [, ...sections] = text.split(/^###.*\n/m)
  return { variables: Object.fromEntries(variables), requests: sections.map(parseRequest) }
}

function parseRequest(section: string): NamedRequest {
  const [, name = ''] = /^# @name (\w+)$/m.exec(section) ?? []
  const [head = '', ...body] = section
    .replace(/^#.*\n/gm, '')
    .trim()
    .split('\n\n')
  const [requestLine = '', ...headerLines] = head.split('\n')
  const [method = '', url = ''] = requestLine.split(' ')
  const headers = Object.fromEntries(headerLines.map((line) => line.split(': ')))
  return { name, method, url, headers, body: body.length > 0 ? body.join('\n\n') : undefined }
}

/** Sends the requests in order; each may refer to variables and to earlier responses. */
export async function sendHttpFile({ variables, requests }: HttpFile): Promise<readonly NamedResponse[]> {
  const responses: NamedResponse[] = []
  for (const { name, method, url, headers, body } of requests) {
    const resolve = (text: string) =>
      text.replace(/\{\{(.+?)\}\}/g, (_, reference: string) =>
        resolveReference(reference, variables, responses),
      )
    const response = await fetch(resolve(url), {
      method,
      headers: JSON.parse(resolve(JSON.stringify(headers))),
      body: body === undefined ? null : resolve(body),
    })
    responses.push({ name, status: response.status, body: await response.json() })
  }
  return responses
}

function resolveReference(
  reference: string,
  variables: Readonly<Record<string, string>>,
  responses: readonly NamedResponse[],
): string {
  const [, name, path = ''] = /^(\w+)\.response\.body\.\$\.([\w.]+)$/.exec(reference) ?? []
  const body = responses.find((response) => response.name === name)?.body
  const value =
    variables[reference] ?? path.split('.').reduce<unknown>((node, key) => Object(node)[key], body)
  if (typeof value !== 'string') throw new Error(`{{${reference}}} is not defined`)
  return value
}
