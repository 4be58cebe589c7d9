import { JobError } from './errors.ts'

/**
 * Writes to standard output as fast as it is read.
 * @throws (what is returned) JobError when it can't be written
 * @returns what says whether anybody still reads: `head` has enough after some lines
 */
export function createStdoutWriter(): (text: string) => Promise<boolean> {
  const { stdout } = process
  stdout.on('error', () => undefined)
  const write = (text: string) =>
    new Promise<void>((done, fail) => {
      stdout.write(text, (error) => (error ? fail(error) : done()))
    })
  return async function print(text) {
    try {
      await write(text)
      return true
    } catch (error) {
      if (isClosed(error as Error)) return false
      throw new JobError(`Standard output cannot be written: ${(error as Error).message}`)
    }
  }
}

const isClosed = (error: NodeJS.ErrnoException) =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
