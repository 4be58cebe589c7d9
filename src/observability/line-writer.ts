import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { type Clock, systemClock } from '../lib/clock.ts'

/** Bytes kept while the reader of a pipe or terminal does not read: about 5,000 lines. */
const MAX_PENDING_BYTES = 1_048_576
/** Of these, the bytes for important lines: a flood of others must not keep a write from being recorded. */
const RESERVED_BYTES = 262_144
const RETRY_MS = 10
/** Two seconds: what a reader takes for longer is lost at exit. */
const MAX_RETRIES_AT_EXIT = 200
const STANDARD_STREAMS = { stdout: 1, stderr: 2 } as const

/** Writes whole lines. `onLost` is called with the error of the stream, or without one when too much is pending. */
export type LineWriter = {
  readonly write: (lines: string, onLost: (error?: unknown) => void, isImportant?: boolean) => void
  /** Writes what the stream still takes and closes the descriptor. */
  readonly close: () => void
}

/**
 * Creates a writer that hands each line to the operating system at once, as long as the stream takes it. Otherwise lines are
 * kept up to a limit, and written as soon as the stream takes more, at the latest when the process exits.
 *
 * pino's destination (sonic-boom 4) is not used: asynchronous, it blocks a thread of Node at a full pipe, and with it the
 * exit of the process; its `flushSync` never returns for a closed pipe; and with `maxLength` it stops writing for good
 * after a full disk.
 * @param fd a file, or a pipe or terminal in non-blocking mode
 */
export function createLineWriter(
  fd: number,
  { schedule }: Pick<Clock, 'schedule'> = systemClock,
): LineWriter {
  const pending: { bytes: Buffer; readonly onLost: (error?: unknown) => void }[] = []
  let pendingBytes = 0
  let retriesAtExit = 0
  let isExiting = false

  /** Writes until the stream takes no more. */
  function writePending(): void {
    for (let next = pending[0]; next; next = pending[0]) {
      try {
        const written = writeSync(fd, next.bytes)
        pendingBytes -= written
        next.bytes = next.bytes.subarray(written)
        if (next.bytes.length === 0) pending.shift()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
        pending.shift()
        pendingBytes -= next.bytes.length
        // Last: it may write a line that reports the loss.
        next.onLost(error)
      }
    }
  }

  function writeOrRetry(): void {
    writePending()
    if (pending.length > 0 && !isExiting) schedule(RETRY_MS, writeOrRetry)
  }

  /** Waits for the reader here: the event loop has ended, or ends with the next statement. */
  function writeAtExit(): void {
    isExiting = true
    writePending()
    for (; pending.length > 0 && retriesAtExit < MAX_RETRIES_AT_EXIT; retriesAtExit += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      writePending()
    }
  }

  process.on('exit', writeAtExit)
  return {
    write(lines, onLost, isImportant = false) {
      const bytes = Buffer.from(lines)
      const maxBytes = isImportant ? MAX_PENDING_BYTES : MAX_PENDING_BYTES - RESERVED_BYTES
      if (pendingBytes + bytes.length > maxBytes) return onLost()
      pending.push({ bytes, onLost })
      pendingBytes += bytes.length
      if (isExiting) writeAtExit()
      else if (pending.length === 1) writeOrRetry()
    },
    close() {
      process.off('exit', writeAtExit)
      writeAtExit()
      // Nothing may be written to a descriptor that is closed: the next file gets its number.
      for (const { onLost } of pending.splice(0)) onLost()
      closeSync(fd)
    },
  }
}

export type StandardStream = keyof typeof STANDARD_STREAMS
const openStreams: { [stream in StandardStream]?: LineWriter } = {}

/** Returns the writer of a standard stream: one for all logs of the process, so that no line is mixed with another. */
export const openStandardStream = (stream: StandardStream): LineWriter =>
  (openStreams[stream] ??= createLineWriter(toNonBlocking(stream)))

/**
 * Opens a pipe or terminal again, in non-blocking mode. The mode of the inherited descriptor is shared with other processes:
 * Node resets it when it starts a worker, and when a worker exits. It is used only for what cannot be opened, such as a
 * socket; using `process.stdout` makes it non-blocking.
 */
function toNonBlocking(stream: StandardStream): number {
  const fd = STANDARD_STREAMS[stream]
  if (fstatSync(fd).isFile()) return fd
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    void process[stream]
    return fd
  }
}
