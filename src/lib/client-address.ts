import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import proxyAddress from '@fastify/proxy-addr'
import ipaddr from 'ipaddr.js'

/** Returns the address of a request's client; undefined if a proxy forwarded something else, or the connection was closed at once. */
export type GetClientAddress = (request: IncomingMessage) => string | undefined

/**
 * Creates the function that determines the address of a request's client. Proxies append the address that they see to
 * `X-Forwarded-For`, so it is the last one that is not of a trusted proxy.
 * @param trustedProxies addresses and networks
 */
export function createGetClientAddress(trustedProxies: readonly string[]): GetClientAddress {
  const isTrusted = proxyAddress.compile([...trustedProxies])
  // Undefined for a connection that was closed at once.
  const isTrustedProxy = (address: string | undefined, index: number) =>
    address !== undefined && isTrusted(removePort(address), index)
  return (request) => {
    const isForwarded = request.headers['x-forwarded-for'] !== undefined
    return normalizeAddress(
      isForwarded ? proxyAddress(request, isTrustedProxy) : request.socket.remoteAddress,
    )
  }
}

/** A port after an address, as some proxies write it (RFC 7239 §6). */
const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+)):\d+$/

/** Removes a port, the brackets of an IPv6 address, and its zone, which ipaddr.js and Node read differently. */
const removePort = (forwarded: string): string => forwarded.replace(WITH_PORT, '$1$2').split('%', 1)[0] ?? ''

/** Returns an address as RFC 5952 writes it, and an IPv4-mapped one as IPv4; undefined for text that is no address. */
export function normalizeAddress(forwarded = ''): string | undefined {
  const text = removePort(forwarded)
  const version = isIP(text)
  if (version === 4) return text
  return version === 6 ? ipaddr.process(text).toString() : undefined
}

/**
 * Returns the key under which a normalized address is counted: an IPv4 address itself, or the /64 network of an IPv6
 * address, since one customer holds all 2^64 addresses of it (RFC 6177 §2). All clients without an address share one.
 */
export function toAddressKey(address = 'others'): string {
  if (!address.includes(':')) return address
  // This form has all 8 groups.
  return ipaddr.parse(address).toNormalizedString().split(':').slice(0, 4).join(':')
}
