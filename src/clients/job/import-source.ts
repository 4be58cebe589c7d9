import { createReadStream, fstatSync, openSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import { basename, resolve } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { getSystemErrorMessage } from 'node:util'
import { UsageError } from '../../errors/exit-error.ts'
import { JobError } from './errors.ts'

const CHUNK_BYTES = 65_536
/** Paths of open file descriptors, as the shell's `<(…)` passes them: each run has other content there. */
const DESCRIPTOR_PATH = /^\/(?:dev\/(?:stdin$|fd\/)|proc\/[^/]+\/fd\/)/

export type ImportSource = ReturnType<typeof openImportSource>

/**
 * Opens a file, or standard input for `-`. Bytes that are appended while it is read are read, too.
 * @param name replaces the file's absolute path in idempotency keys
 * @param signal ends the stream
 * @throws JobError when it cannot be read, UsageError when a stream has no name
 */
export function openImportSource(file: string, name: string | undefined, signal: AbortSignal) {
  const isStandardInput = file === '-'
  const needsName = isStandardInput || DESCRIPTOR_PATH.test(resolve(file))
  if (needsName && name === undefined)
    throw new UsageError(
      `${isStandardInput ? 'Standard input' : file} needs --name, for example --name books-of-may. Rows that were imported under the same name are not added again.`,
    )
  const fd = isStandardInput ? process.stdin.fd : openFile(file)
  const stats = fstatSync(fd)
  if (stats.isDirectory()) throw new JobError(`${file} cannot be read: it is a directory.`)
  const isFile = stats.isFile() && !isStandardInput
  const stream = isStandardInput ? process.stdin : openStream(fd, stats.isFIFO())
  return {
    /** True when its path does not identify it. */
    needsName,
    /** The name in messages. */
    label: needsName ? String(name) : basename(file),
    /** The name in idempotency keys, by which a later run recognizes its rows. */
    name: name ?? resolve(file),
    /** Bytes when it was opened; undefined for a stream. */
    size: isFile ? stats.size : undefined,
    chunks: addAbortSignal(signal, stream) as AsyncIterable<Buffer>,
    hasGrown: () => isFile && fstatSync(fd).size > stats.size,
    /** Compares by inode, so that links count as the same file. */
    isSameFile(path: string): boolean {
      const other = statSync(path, { throwIfNoEntry: false })
      return other?.dev === stats.dev && other.ino === stats.ino
    },
    close: () => stream.destroy(),
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, 'r')
  } catch (error) {
    const { errno = 0 } = error as NodeJS.ErrnoException
    throw new JobError(`${file} cannot be read: ${getSystemErrorMessage(errno)}.`)
  }
}

/** A pipe that is read as a file blocks a thread until its writer writes, and with it the exit of the process. */
const openStream = (fd: number, isPipe: boolean) =>
  isPipe
    ? new Socket({ fd, readable: true, writable: false })
    : createReadStream('', { fd, autoClose: false, highWaterMark: CHUNK_BYTES })
