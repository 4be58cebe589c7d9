import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import type { BookFilter } from '../../generated/job/graphql.ts'
import type { DocumentClient } from './document-client.ts'
import { JobError } from './errors.ts'
import type { FileFormat } from './file-format.ts'
import { fetchBookPages } from './list-books.ts'
import { createBookFormatter } from './row-formatter.ts'

/** Formatted lines and the number of books in them. */
export type ExportChunk = { readonly text: string; readonly bookCount: number }

/** Yields the header, then all matching books as formatted lines, one page at a time. */
export async function* streamExportChunks(
  client: DocumentClient,
  filter: BookFilter,
  format: FileFormat,
): AsyncGenerator<ExportChunk> {
  const { header, formatRow } = createBookFormatter(format)
  yield { text: header, bookCount: 0 }
  for await (const books of fetchBookPages(client, filter))
    yield { text: books.map(formatRow).join(''), bookCount: books.length }
}

/**
 * Writes chunks to a temporary file and renames it when it is complete, so that readers never see a partial file.
 * @returns the number of books
 * @throws JobError when the file cannot be written; errors of `chunks` pass unchanged. The file is then unchanged, too.
 */
export async function writeExportFile(file: string, chunks: AsyncIterable<ExportChunk>): Promise<number> {
  const temporaryFile = `${file}.${process.pid}.part`
  try {
    const target = await resolveTarget(file)
    const bookCount = await writeChunks(temporaryFile, chunks)
    await rename(temporaryFile, target)
    return bookCount
  } catch (error) {
    await rm(temporaryFile, { force: true })
    if (error instanceof Error && 'syscall' in error)
      throw new JobError(`${file} cannot be written: ${error.message}`)
    throw error
  }
}

/** Follows symbolic links. Rejects directories and devices, which a rename would replace. */
async function resolveTarget(file: string): Promise<string> {
  const stats = await stat(file).catch(() => undefined)
  if (!stats) return file
  if (!stats.isFile())
    throw new JobError(`${file} cannot be written: it is not a regular file. Use - for standard output.`)
  return realpath(file)
}

async function writeChunks(path: string, chunks: AsyncIterable<ExportChunk>): Promise<number> {
  let total = 0
  const handle = await open(path, 'wx')
  try {
    for await (const { text, bookCount } of chunks) {
      await handle.writeFile(text)
      total += bookCount
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return total
}
