const HEADER = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(-.*)?$/

/**
 * W3C Trace Context §3.2: what ties this request's lines to those of who called.
 * @param header the `traceparent` as it came
 * @returns the trace's id; undefined where there is none or the header is not right
 */
export function parseTraceId(header: string | readonly string[] | undefined): string | undefined {
  const [, version, trace = '', parent = '', more] = (typeof header === 'string' && HEADER.exec(header)) || []
  // Version ff is forbidden, a later one than 00 may have more behind the flags, and zeros alone are no id.
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  return /^0+$/.test(trace) || /^0+$/.test(parent) ? undefined : trace
}
