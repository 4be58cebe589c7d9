import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import type { BookFilter } from '../../generated/job/graphql.ts'
import type { DocumentClient } from './document-client.ts'
import { JobError } from './errors.ts'
import type { FileFormat } from './file-format.ts'
import { fetchBookPages } from './list-books.ts'
import { createBookFormatter } from './row-formatter.ts'

/** Lines of a file, and how many books are in them. */
export type ExportChunk = { readonly text: string; readonly bookCount: number }

/** All matching books as lines of a file, a page at a time. */
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
 * Writes pages beside a file, and puts them in its place when all are there: nobody ever reads half of it.
 * @returns how many books there are
 * @throws JobError when it cannot be written; what the pages throw. Then the file is as it was before.
 */
export async function writeExportFile(file: string, chunks: AsyncIterable<ExportChunk>): Promise<number> {
  const beside = `${file}.${process.pid}.part`
  try {
    const place = await placeOf(file)
    const count = await writeAll(beside, chunks)
    await rename(beside, place)
    return count
  } catch (error) {
    await rm(beside, { force: true })
    if (error instanceof Error && 'syscall' in error)
      throw new JobError(`${file} cannot be written: ${error.message}`)
    throw error
  }
}

/** Where a link leads to; what is no file, as a device, is not replaced by one. */
async function placeOf(file: string): Promise<string> {
  const there = await stat(file).catch(() => undefined)
  if (!there) return file
  if (!there.isFile())
    throw new JobError(`${file} cannot be written: it is no file. For standard output say -.`)
  return realpath(file)
}

async function writeAll(beside: string, pages: AsyncIterable<ExportChunk>): Promise<number> {
  let count = 0
  const handle = await open(beside, 'wx')
  try {
    for await (const { text, bookCount } of pages) {
      await handle.writeFile(text)
      count += bookCount
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return count
}
