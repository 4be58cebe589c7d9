import type { ConfiguredClient } from './setup.ts'

/** Joins id and secret for HTTP Basic, each form-encoded first (RFC 6749 §2.3.1). */
export const formEncodeCredentials = ({ id, secret = '' }: ConfiguredClient) =>
  `${formEncode(id)}:${formEncode(secret)}`

export const formEncode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
