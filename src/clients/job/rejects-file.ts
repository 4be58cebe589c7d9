import { closeSync, existsSync, fstatSync, openSync, writeSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RejectedRow } from './book-row.ts'
import { JobError } from './errors.ts'
import type { FileFormat } from './file-format.ts'
import { createRejectFormatter } from './row-formatter.ts'

/** A file of rejected rows, which can be corrected and imported. */
export type RejectsFile = {
  readonly path: string
  readonly add: (rows: readonly RejectedRow[]) => void
  readonly close: () => void
}

/**
 * Creates a rejects file. It is written when the first row is rejected; an existing one is replaced then.
 * @param shouldAppend keeps the rows of an earlier run
 * @throws JobError when the file cannot be written, which is checked before anything is sent
 */
export async function createRejectsFile(
  path: string,
  format: FileFormat,
  shouldAppend: boolean,
): Promise<RejectsFile> {
  const toJobError = (error: Error) =>
    new JobError(`The rejected rows cannot be written (--rejects chooses another file): ${error.message}`)
  await access(existsSync(path) ? path : dirname(path), constants.W_OK).catch((error: Error) => {
    throw toJobError(error)
  })
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw toJobError(new Error(`${path} is a directory.`))
  const { header, formatRow } = createRejectFormatter(format)
  let fd: number | undefined

  return {
    path,
    add(rows) {
      if (rows.length === 0) return
      const text = rows.map(({ line, reason, values }) => formatRow({ line, reason, ...values })).join('')
      try {
        if (fd === undefined) {
          fd = openSync(path, shouldAppend ? 'a' : 'w')
          if (fstatSync(fd).size === 0) writeSync(fd, header)
        }
        writeSync(fd, text)
      } catch (error) {
        throw toJobError(error as Error)
      }
    },
    close() {
      if (fd !== undefined) closeSync(fd)
      fd = undefined
    },
  }
}
