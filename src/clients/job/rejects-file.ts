import { closeSync, existsSync, fstatSync, openSync, writeSync } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RejectedRow } from './book-row.ts'
import { JobFault } from './errors.ts'
import type { Format } from './file-format.ts'
import { rejectWriting } from './row-formatter.ts'

/** A file of the rows that were not taken, made with the first of them. */
export type Rejects = {
  readonly path: string
  readonly add: (rows: readonly RejectedRow[]) => void
  readonly close: () => void
}

/**
 * @param path is written over once a row is rejected
 * @param goesOn whether an earlier run's rows are kept in it
 * @throws JobFault when it could not be written: that is known before anything is sent
 */
export async function createRejects(path: string, format: Format, goesOn: boolean): Promise<Rejects> {
  const unwritable = (error: Error) =>
    new JobFault(`The file for rejected rows cannot be written (--rejects names another): ${error.message}`)
  await access(existsSync(path) ? path : dirname(path), constants.W_OK).catch((error: Error) => {
    throw unwritable(error)
  })
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw unwritable(new Error('it is a directory.'))
  const { head, row } = rejectWriting(format)
  let file: number | undefined

  return Object.freeze({
    path,
    add(rows) {
      if (rows.length === 0) return
      const text = rows.map(({ line, reason, own }) => row({ line, reason, ...own })).join('')
      try {
        if (file === undefined) {
          file = openSync(path, goesOn ? 'a' : 'w')
          if (fstatSync(file).size === 0) writeSync(file, head)
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
  } satisfies Rejects)
}
