import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import type { BookFilter } from '../../generated/job/graphql.ts'
import type { RunDocument } from './document-client.ts'
import { JobFault } from './errors.ts'
import type { Format } from './file-format.ts'
import { bookPages } from './list-books.ts'
import { bookWriting } from './row-formatter.ts'

/** Lines of a file, and how many books are in them. */
export type Page = { readonly text: string; readonly books: number }

/** All matching books as lines of a file, a page at a time. */
export async function* writtenPages(
  run: RunDocument,
  filter: BookFilter,
  format: Format,
): AsyncGenerator<Page> {
  const { head, row } = bookWriting(format)
  yield { text: head, books: 0 }
  for await (const books of bookPages(run, filter))
    yield { text: books.map(row).join(''), books: books.length }
}

/**
 * Writes pages beside a file, and puts them in its place when all are there: nobody ever reads half of it.
 * @returns how many books there are
 * @throws JobFault when it cannot be written; what the pages throw. Then the file is as it was before.
 */
export async function writeFile(file: string, pages: AsyncIterable<Page>): Promise<number> {
  const beside = `${file}.${process.pid}.part`
  try {
    const place = await placeOf(file)
    const count = await writeAll(beside, pages)
    await rename(beside, place)
    return count
  } catch (error) {
    await rm(beside, { force: true })
    if (error instanceof Error && 'syscall' in error)
      throw new JobFault(`${file} cannot be written: ${error.message}`)
    throw error
  }
}

/** Where a link leads to; what is no file, as a device, is not replaced by one. */
async function placeOf(file: string): Promise<string> {
  const there = await stat(file).catch(() => undefined)
  if (!there) return file
  if (!there.isFile())
    throw new JobFault(`${file} cannot be written: it is no file. For standard output say -.`)
  return realpath(file)
}

async function writeAll(beside: string, pages: AsyncIterable<Page>): Promise<number> {
  let count = 0
  const handle = await open(beside, 'wx')
  try {
    for await (const { text, books } of pages) {
      await handle.writeFile(text)
      count += books
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  return count
}
