import type { TourRequest, Transcript } from './transcript.ts'

export type TourResponse = { readonly headers: Headers; readonly json: unknown }

/** A step of the tour had another result than expected. */
export class TourError extends Error {}

/** Sends a request, prints it with its response, and returns the response. @throws TourError if the status differs */
export async function sendTourRequest(
  transcript: Transcript,
  request: TourRequest,
  expectedStatus: number,
): Promise<TourResponse> {
  transcript.printRequest(request)
  const { method, url, headers, body } = request
  const response = await fetch(url, { method, headers, ...(body && { body }) })
  const text = await response.text()
  transcript.printResponse(response, text)
  if (response.status !== expectedStatus)
    throw new TourError(`Expected status ${expectedStatus} but got ${response.status}.`)
  return { headers: response.headers, json: JSON.parse(text) }
}

/** @throws TourError if the condition is false */
export function expectStep(condition: boolean, description: string): void {
  if (!condition) throw new TourError(`Expected: ${description}.`)
}
