import { closeSync, existsSync, fstatSync, openSync, writeSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RejectedRow } from './book-row.ts'
import { JobError } from './errors.ts'
import type { FileFormat } from './file-format.ts'
import { createRejectFormatter } from './row-formatter.ts'

/** A file of the rows that were not taken, made with the first of them. */
export type RejectsFile = {
  readonly path: string
  readonly add: (rows: readonly RejectedRow[]) => void
  readonly close: () => void
}

/**
 * @param path is written over once a row is rejected
 * @param shouldAppend whether an earlier run's rows are kept in it
 * @throws JobError when it could not be written: that is known before anything is sent
 */
export async function createRejectsFile(
  path: string,
  format: FileFormat,
  shouldAppend: boolean,
): Promise<RejectsFile> {
  const unwritable = (error: Error) =>
    new JobError(`The file for rejected rows cannot be written (--rejects names another): ${error.message}`)
  await access(existsSync(path) ? path : dirname(path), constants.W_OK).catch((error: Error) => {
    throw unwritable(error)
  })
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw unwritable(new Error('it is a directory.'))
  const { header, formatRow } = createRejectFormatter(format)
  let file: number | undefined

  return Object.freeze({
    path,
    add(rows) {
      if (rows.length === 0) return
      const text = rows.map(({ line, reason, values }) => formatRow({ line, reason, ...values })).join('')
      try {
        if (file === undefined) {
          file = openSync(path, shouldAppend ? 'a' : 'w')
          if (fstatSync(file).size === 0) writeSync(file, header)
        }
        writeSync(file, text)
      } catch (error) {
        throw unwritable(error as Error)
      }
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  } satisfies RejectsFile)
}
