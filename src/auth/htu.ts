const UNRESERVED = /[\w.~-]/

/**
 * A web address without query and fragment, in one spelling: scheme, host, port and dots as the URL standard has them,
 * percent signs as RFC 3986 §6.2.2 has them. Undefined for what is no address, or names a user.
 */
export function normalizeHtu(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || url.username || url.password) return undefined
  const path = url.pathname.replace(/%[0-9a-f]{2}/gi, (triplet) => {
    const letter = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
    return UNRESERVED.test(letter) ? letter : triplet.toUpperCase()
  })
  return url.origin + path
}
