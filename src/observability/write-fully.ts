import { writeSync } from 'node:fs'

const RETRY_MS = 10

/**
 * Writes all bytes synchronously. pino's destination (sonic-boom 4) is not used: while the disk is full it holds every line in
 * memory or, with `maxLength`, never writes again, and after a failed `reopen()` the next one closes the old file twice.
 * @throws Node's error, for example on a full disk
 */
export function writeFully(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  let offset = 0
  while (offset < bytes.length) {
    try {
      offset += writeSync(fd, bytes, offset)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      // The pipe is full. Wait here: what Node buffers is lost when the process exits.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
