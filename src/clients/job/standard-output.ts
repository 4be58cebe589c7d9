import { JobError } from './errors.ts'

/** Writes lines to standard output until its reader closes the pipe, as `head` does. @throws JobError if it fails */
export async function writeToStandardOutput(chunks: AsyncIterable<{ readonly text: string }>): Promise<void> {
  for await (const { text } of chunks) {
    const error = await writeText(text)
    if (error?.code === 'EPIPE' || error?.code === 'ERR_STREAM_DESTROYED') return
    if (error) throw new JobError(`Standard output cannot be written: ${error.message}`)
  }
}

/** Writes text to standard output. Returns the error when it cannot be written. */
export function writeText(text: string): Promise<NodeJS.ErrnoException | null | undefined> {
  return new Promise((resolve) => process.stdout.write(text, resolve))
}

// An error is passed to the callback of `write`, and then emitted as well.
process.stdout.on('error', () => undefined)
