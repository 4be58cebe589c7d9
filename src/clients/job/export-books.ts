import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { getSystemErrorMessage } from 'node:util'
import type { BookFilter } from '../../generated/job/graphql.ts'
import { systemClock } from '../../lib/clock.ts'
import { abortOnSignals } from './abort-on-signals.ts'
import { createBookFormatter, type FileFormat, resolveFileFormat } from './book-file.ts'
import { InterruptedError, JobError } from './errors.ts'
import { type BookLines, streamBookLines } from './list-books.ts'
import { createRetryingSendDocument, type JobSettings, type RetryingOptions } from './send-document.ts'
import { writeToStandardOutput } from './standard-output.ts'

export type ExportOptions = BookFilter & RetryingOptions & { readonly format?: FileFormat }

/**
 * Exports the books to a file, or to standard output for `-`. The file is replaced only when the export is complete.
 * @returns the exit code: 0 done, 130 or 143 interrupted by a signal
 */
export async function exportBooks(settings: JobSettings, file: string, options: ExportOptions) {
  const { author, title } = options
  const format = resolveFileFormat(file, options.format)
  const abortController = new AbortController()
  const removeListeners = abortOnSignals(abortController, systemClock)
  try {
    const send = await createRetryingSendDocument(settings, options, abortController.signal)
    const chunks = streamBookLines(send, { author, title }, createBookFormatter(format))
    if (file === '-') await writeToStandardOutput(chunks)
    else console.log(`export ${file}: ${await writeExportFile(file, chunks)} books`)
    return 0
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error
    console.error(`Interrupted: ${file === '-' ? 'the output is incomplete' : `${file} is unchanged`}.`)
    return error.exitCode
  } finally {
    removeListeners()
  }
}

/**
 * Writes lines to a temporary file and renames it when it is complete, so that readers never see a partial file.
 * @returns the number of books
 * @throws JobError when the file cannot be written; errors of `chunks` pass unchanged. The file is then unchanged, too.
 */
export async function writeExportFile(file: string, chunks: AsyncIterable<BookLines>): Promise<number> {
  const target = await resolveTarget(file)
  // On the same file system as the target, because a rename cannot leave it.
  const temporaryFile = `${target}.${process.pid}.part`
  let total = 0
  async function* texts() {
    for await (const { text, bookCount } of chunks) {
      total += bookCount
      yield text
    }
  }
  try {
    await writeFile(temporaryFile, texts(), { flag: 'wx', flush: true })
    await rename(temporaryFile, target)
    return total
  } catch (error) {
    await rm(temporaryFile, { force: true })
    if (error instanceof Error && 'errno' in error)
      throw new JobError(`${file} cannot be written: ${getSystemErrorMessage(Number(error.errno))}.`)
    throw error
  }
}

/** Follows symbolic links. Rejects directories and devices, which a rename would replace. */
async function resolveTarget(file: string): Promise<string> {
  const target = await realpath(file).catch(() => file)
  const stats = await stat(target).catch(() => undefined)
  if (stats && !stats.isFile())
    throw new JobError(`${file} cannot be written: it is not a regular file. Use - for standard output.`)
  return target
}
