import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { StubIssuer } from '../../support/stub-issuer.ts'

const sendJson = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}) =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body)

/** Sends a byte at a time until the client disconnects. */
function sendBytewise(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.once('close', () => clearInterval(timer))
}

type JwksFaultCase = {
  readonly id: string
  /** A predicate of the issuer. */
  readonly title: string
  readonly cause: (issuer: StubIssuer, other: StubIssuer) => void | Promise<void>
}

const respondWith =
  (
    respond: (response: ServerResponse, issuer: StubIssuer, other: StubIssuer) => void,
  ): JwksFaultCase['cause'] =>
  (issuer, other) => {
    issuer.state.handler = (response) => respond(response, issuer, other)
  }

/** The valid key set, so that only the fault can make the API reject it. */
const serializeKeys = ({ state }: StubIssuer, fillerBytes = 0) =>
  JSON.stringify({ keys: state.keys, filler: 'x'.repeat(fillerBytes) })

/** Faults of the issuer's key set endpoint. The ids are permanent. */
export const JWKS_FAULTS: readonly JwksFaultCase[] = [
  { id: 'auth/F01', title: 'is down', cause: (issuer) => issuer.close() },
  {
    id: 'auth/F02',
    title: 'closes the connection',
    cause: respondWith((response) => void response.destroy()),
  },
  { id: 'auth/F03', title: 'never answers', cause: respondWith(() => undefined) },
  {
    id: 'auth/F04',
    title: 'answers 500',
    cause: respondWith((response, issuer) => void response.writeHead(500).end(serializeKeys(issuer))),
  },
  {
    id: 'auth/F05',
    title: 'answers with an HTML page',
    cause: respondWith((response) => sendJson(response, '<html>sign in</html>')),
  },
  {
    id: 'auth/F06',
    title: 'has no keys',
    cause: respondWith((response) => sendJson(response, '{"keys":[]}')),
  },
  {
    id: 'auth/F07',
    title: 'sends 10 MB',
    cause: respondWith((response, issuer) => sendJson(response, serializeKeys(issuer, 10_000_000))),
  },
  {
    id: 'auth/F08',
    title: 'sends 10 MB compressed to 10 kB',
    cause: respondWith((response, issuer) =>
      sendJson(response, gzipSync(serializeKeys(issuer, 10_000_000)), { 'content-encoding': 'gzip' }),
    ),
  },
  {
    id: 'auth/F09',
    title: 'redirects to valid keys',
    cause: respondWith(
      (response, _, other) => void response.writeHead(302, { location: `${other.url}/v1/keys` }).end(),
    ),
  },
  { id: 'auth/F10', title: 'sends a byte at a time', cause: respondWith(sendBytewise) },
  {
    id: 'auth/F11',
    title: 'answers 200 with an empty body',
    cause: respondWith((response) => sendJson(response, '')),
  },
  {
    id: 'auth/F12',
    title: 'closes the connection in the body',
    cause: respondWith(
      (response) =>
        void response.writeHead(200, { 'content-length': '999' }).write('{"keys"', () => response.destroy()),
    ),
  },
]

/** The faults that only the timeout ends. */
export const HANGING_FAULT_IDS: readonly string[] = ['auth/F03', 'auth/F10']
