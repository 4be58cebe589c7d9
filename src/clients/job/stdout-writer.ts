import { JobError } from './errors.ts'

/**
 * Creates a function that writes to standard output and waits until the text is flushed. It resolves to false when the
 * reader has closed the pipe, as `head` does.
 * @throws (the returned function) JobError when the text cannot be written
 */
export function createStdoutWriter(): (text: string) => Promise<boolean> {
  const { stdout } = process
  // `write` passes the error to its callback as well.
  stdout.on('error', () => undefined)
  const flush = (text: string) =>
    new Promise<void>((resolve, reject) => {
      stdout.write(text, (error) => (error ? reject(error) : resolve()))
    })
  return async function write(text) {
    try {
      await flush(text)
      return true
    } catch (error) {
      if (isClosed(error as Error)) return false
      throw new JobError(`Standard output cannot be written: ${(error as Error).message}`)
    }
  }
}

const isClosed = (error: NodeJS.ErrnoException) =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
