import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const LOOPBACK = '127.0.0.1'
/** Bytes; an answer here has less than one. */
const BUFFER = 65_536
/** Where the status begins in `HTTP/1.1 200 OK`. */
const STATUS_AT = 9

export type Wire = {
  /** Sends the bytes; the answer must have come before the next are sent. */
  send(bytes: Buffer): void
  close(): void
}

/** The port of an address. */
export const portOf = (origin: string) => Number(new URL(origin).port)

/** A request as bytes, made once. */
export function requestBytes(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Buffer {
  const all = {
    host: 'localhost',
    ...headers,
    ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`,
  )
}

/**
 * A kept connection that costs next to nothing: no parser, no objects, one buffer. It knows an answer by its status, and
 * its end by where the bytes stop: a server of ours sends a small answer in one piece. Throws at anything else.
 */
export async function openWire(port: number, onAnswer: (status: number) => void): Promise<Wire> {
  const buffer = Buffer.allocUnsafe(BUFFER)
  const read = (length: number) => {
    if (length === BUFFER || buffer.toString('latin1', 0, STATUS_AT) !== 'HTTP/1.1 ')
      throw new Error('An answer came in pieces: this generator cannot read it')
    const status = Number(buffer.toString('latin1', STATUS_AT, STATUS_AT + 3))
    onAnswer(status)
    return true
  }
  const socket = connect({ port, host: LOOPBACK, noDelay: true, onread: { buffer, callback: read } })
  await once(socket, 'connect')
  return { send: (bytes) => void socket.write(bytes), close: () => socket.destroy() }
}

/** A connection of somebody who is slow on purpose; what it is answered is not looked at. */
export async function openSlow(port: number): Promise<Socket> {
  const socket = connect({ port, host: LOOPBACK })
  socket.on('error', () => undefined).resume()
  await once(socket, 'connect')
  return socket
}
