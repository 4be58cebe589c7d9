import type { LoadRequest } from './load-generator.ts'

/** The part of a request that differs. As long as its replacements by numbers, so that Content-Length stays the same. */
export const PLACEHOLDER = '#DIFFERS##'

/** Requests that are all the same, or differ in one place. */
export interface RequestTemplate {
  /** Has the placeholder at most once. */
  readonly request: LoadRequest
  /** Replace the placeholder in turn. By default the number of the request replaces it. */
  readonly values?: readonly string[]
}

/** Formats the number that replaces the placeholder. */
export const formatNumber = (number: number): string => String(number).padStart(PLACEHOLDER.length, '0')

/** Returns the request with this number, counted from 0. */
export function fillTemplate({ request, values }: RequestTemplate, number: number): LoadRequest {
  const value = values?.[number % values.length] ?? formatNumber(number)
  const { path, headers = {}, body } = request
  const fill = (part: string) => part.replace(PLACEHOLDER, value)
  const filled = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, fill(header)]))
  return { path, headers: filled, ...(body !== undefined && { body: fill(body) }) }
}
