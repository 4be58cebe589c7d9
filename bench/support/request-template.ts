import type { LoadRequest } from './load-generator.ts'

/** Stands for the part of a request that differs each time. */
export const PLACEHOLDER = '#DIFFERS##'

/** Requests that are the same, or differ in the part that `PLACEHOLDER` stands for. */
export interface RequestTemplate {
  readonly request: LoadRequest
  /** Replace the placeholder in turn; by default the request's number does. */
  readonly values?: readonly string[]
}

/** Formats a number so that it is as long as the placeholder, and Content-Length stays the same. */
export const formatNumber = (number: number): string => String(number).padStart(PLACEHOLDER.length, '0')

/** Returns the request with a number, counted from 0. */
export function fillTemplate({ request, values }: RequestTemplate, number: number): LoadRequest {
  const value = values?.[number % values.length] ?? formatNumber(number)
  const { path, headers = {}, body } = request
  const fill = (part: string) => part.replace(PLACEHOLDER, value)
  const filled = Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, fill(header)]))
  return { path, headers: filled, ...(body !== undefined && { body: fill(body) }) }
}
