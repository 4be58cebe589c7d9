import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { StubIssuer } from '../../support/stub-issuer.ts'

const json = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}) =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body)

/** Answers with a byte now and then, until whoever asked goes away. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.once('close', () => clearInterval(timer))
}

type Fault = (issuer: StubIssuer, other: StubIssuer) => void | Promise<void>
const answering =
  (answer: (response: ServerResponse, issuer: StubIssuer, other: StubIssuer) => void): Fault =>
  (issuer, other) => {
    issuer.state.handler = (response) => answer(response, issuer, other)
  }

/** The good keys, and so many bytes more: nothing but the fault speaks against them. */
const good = ({ state }: StubIssuer, more = 0) =>
  JSON.stringify({ keys: state.keys, filler: 'x'.repeat(more) })

/** What the issuer does in place of answering well. The numbers are permanent. */
export const JWKS_FAULTS: readonly (readonly [id: string, what: string, fault: Fault])[] = [
  ['F01', 'is down', (issuer) => issuer.close()],
  ['F02', 'hangs up', answering((response) => void response.destroy())],
  ['F03', 'never answers', answering(() => undefined)],
  ['F04', 'answers 500', answering((response, issuer) => void response.writeHead(500).end(good(issuer)))],
  ['F05', 'answers with a page', answering((response) => json(response, '<html>sign in</html>'))],
  ['F06', 'has no keys', answering((response) => json(response, '{"keys":[]}'))],
  ['F07', 'sends 10 MB', answering((response, issuer) => json(response, good(issuer, 10_000_000)))],
  [
    'F08',
    'sends 10 MB in 10 kB',
    answering((response, issuer) =>
      json(response, gzipSync(good(issuer, 10_000_000)), { 'content-encoding': 'gzip' }),
    ),
  ],
  [
    'F09',
    'sends elsewhere, where good keys are',
    answering(
      (response, _, other) => void response.writeHead(302, { location: `${other.url}/v1/keys` }).end(),
    ),
  ],
  ['F10', 'drips', answering(drip)],
  ['F11', 'answers 200 and nothing', answering((response) => json(response, ''))],
  [
    'F12',
    'breaks off',
    answering(
      (response) =>
        void response.writeHead(200, { 'content-length': '999' }).write('{"keys"', () => response.destroy()),
    ),
  ],
]

/** Those that only time ends. */
export const HANGING_FAULT_IDS: readonly string[] = ['F03', 'F10']
