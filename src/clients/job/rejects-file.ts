import { accessSync, constants, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createRejectFormatter, type FileFormat } from './book-file.ts'
import type { RejectedRow } from './book-row.ts'
import { JobError } from './errors.ts'

/** A file of rejected rows, which can be corrected and imported. */
export type RejectsFile = ReturnType<typeof createRejectsFile>

/**
 * Creates a rejects file. It is written when the first row is rejected; an existing one is replaced then.
 * @param shouldAppend keeps the rows of an earlier run
 * @throws JobError when the file cannot be written, which is checked before anything is sent
 */
export function createRejectsFile(path: string, format: FileFormat, shouldAppend: boolean) {
  const { header, formatRow } = createRejectFormatter(format)
  let flag = shouldAppend ? 'a' : 'w'
  mapWriteErrors(() => assertWritable(path))

  return {
    add(rows: readonly RejectedRow[]): void {
      if (rows.length === 0) return
      const text = rows.map(({ line, reason, values }) => formatRow({ line, reason, ...values })).join('')
      mapWriteErrors(() => {
        const isEmpty = flag === 'w' || !statSync(path, { throwIfNoEntry: false })?.size
        writeFileSync(path, isEmpty ? header + text : text, { flag })
        flag = 'a'
      })
    },
  }
}

function assertWritable(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory()) throw new Error(`${path} is a directory.`)
  accessSync(stats ? path : dirname(path), constants.W_OK)
}

function mapWriteErrors(write: () => void): void {
  try {
    write()
  } catch (error) {
    throw new JobError(
      `The rejected rows cannot be written (--rejects chooses another file): ${(error as Error).message}`,
    )
  }
}
