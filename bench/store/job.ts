import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { bookAt } from './books.ts'
import { startNode } from './program.ts'

const ROWS_A_CHUNK = 1_000

/** Writes the first books of the catalogue as a file that the job imports. */
export async function writeCsv(file: string, count: number, withIds: boolean): Promise<void> {
  await pipeline(Readable.from(csvLines(count, withIds)), createWriteStream(file))
}

function* csvLines(count: number, withIds: boolean): Generator<string> {
  yield 'id,title,author,cost,num_pages\n'
  for (let start = 0; start < count; start += ROWS_A_CHUNK) {
    let chunk = ''
    for (let place = start; place < Math.min(count, start + ROWS_A_CHUNK); place += 1) {
      const { id, title, author, cents, pages } = bookAt(place)
      chunk += `${withIds ? id : ''},${title},${author},${cents / 100},${pages}\n`
    }
    yield chunk
  }
}

export type Progress = { readonly stored: number; readonly rejected: number; readonly seconds: number }

/**
 * Starts the job on a file, in a process of its own.
 * @param url the API's GraphQL endpoint
 * @param progress hears how far it is, each second and at the end
 */
export function startImport(
  { issuer, url, file }: { readonly issuer: string; readonly url: string; readonly file: string },
  progress: (told: Progress) => void = () => undefined,
): { readonly child: ChildProcess; readonly exited: Promise<number | null> } {
  const settings = { OKTA_ISSUER: issuer, API_URL: new URL(url).origin }
  const { child, exited } = startNode(['job', 'import', file, '--json'], settings)
  if (child.stdout)
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('{')) progress(JSON.parse(line) as Progress)
    })
  return { child, exited }
}
