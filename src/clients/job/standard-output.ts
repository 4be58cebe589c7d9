import { JobError } from './errors.ts'

/**
 * Writes lines to standard output, until its reader closes the pipe, as `head` does.
 * @throws JobError when they cannot be written
 */
export async function writeToStandardOutput(chunks: AsyncIterable<{ readonly text: string }>): Promise<void> {
  const { stdout } = process
  // `write` passes the error to its callback as well.
  stdout.on('error', () => undefined)
  for await (const { text } of chunks) {
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
      stdout.write(text, resolve)
    })
    if (error?.code === 'EPIPE' || error?.code === 'ERR_STREAM_DESTROYED') return
    if (error) throw new JobError(`Standard output cannot be written: ${error.message}`)
  }
}
