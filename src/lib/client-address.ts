import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'
import { normalizeAddress, removePort } from './ip-address.ts'

/** Returns the address of a request's client; undefined if a proxy forwarded something else, or the connection was closed at once. */
export type GetClientAddress = (request: IncomingMessage) => string | undefined

/**
 * Creates the function that determines the address of a request's client. Proxies append the address that they see to
 * `X-Forwarded-For`, so it is the last one that is not of a trusted proxy.
 * @param trustedProxies addresses and networks
 */
export function createGetClientAddress(trustedProxies: readonly string[]): GetClientAddress {
  const isTrusted = proxyAddress.compile([...trustedProxies])
  const isTrustedProxy = (address: string, index: number) => isTrusted(removePort(address), index)
  return (request) => normalizeAddress(proxyAddress(request, isTrustedProxy))
}
