import { close, createReadStream, fstat, open, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { basename, resolve } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { UsageError } from '../../errors/exit-error.ts'
import { JobError } from './errors.ts'

/** The file or stream that is imported. */
export type ImportSource = {
  /** The name in messages. */
  readonly label: string
  /** The name in idempotency keys, by which a later run recognizes its rows. */
  readonly name: string
  /** Bytes when it was opened; undefined for a stream. */
  readonly size: number | undefined
  readonly chunks: AsyncIterable<Buffer>
  /** Resolves to true when the file is longer than when it was opened. */
  readonly hasGrown: () => Promise<boolean>
  /** Compares by inode, so that links count as the same file. */
  readonly isSameFile: (path: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

const CHUNK_BYTES = 65_536
const STDIN_FD = 0
/** Paths of open file descriptors, as the shell's `<(…)` passes them: each run has other content there. */
const DESCRIPTOR_PATH = /^\/(?:dev\/(?:stdin$|fd\/)|proc\/[^/]+\/fd\/)/

const openFile = promisify(open)
const closeFile = promisify(close)
const statFile: (fd: number) => Promise<Stats> = promisify(fstat)

/**
 * Opens a file, or standard input for `-`. Bytes that are appended while it is read are read, too.
 * @param name replaces the file's absolute path in idempotency keys
 * @param signal ends the stream
 * @throws JobError when it cannot be read, UsageError when a stream has no name
 */
export async function openImportSource(
  file: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<ImportSource> {
  if (file === '-') return openStandardInput(name, signal)
  if (name === undefined && DESCRIPTOR_PATH.test(resolve(file))) throw missingName(file)
  const fd = await openFile(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new JobError(`${file} cannot be read: ${REASON_BY_CODE[error.code ?? ''] ?? error.message}`)
  })
  const stats = await statFile(fd)
  if (stats.isDirectory()) {
    await closeFile(fd)
    throw new JobError(`${file} cannot be read: it is a directory.`)
  }
  // A pipe that is read as a file blocks a thread until its writer writes, and with it the exit of the process.
  const stream = stats.isFIFO()
    ? new Socket({ fd, readable: true, writable: false })
    : createReadStream('', { fd, autoClose: false, highWaterMark: CHUNK_BYTES })
  return {
    label: basename(file),
    name: name ?? resolve(file),
    size: stats.isFile() ? stats.size : undefined,
    chunks: addAbortSignal(signal, stream),
    hasGrown: async () => stats.isFile() && (await statFile(fd)).size > stats.size,
    isSameFile: (path) => isFileAt(stats, path),
    close: () => destroyStream(stream),
  }
}

function openStandardInput(name: string | undefined, signal: AbortSignal): ImportSource {
  if (name === undefined) throw missingName('Standard input')
  return {
    label: name,
    name,
    size: undefined,
    chunks: addAbortSignal(signal, process.stdin as Readable),
    hasGrown: async () => false,
    isSameFile: async (path) => isFileAt(await statFile(STDIN_FD), path),
    close: async () => undefined,
  }
}

/** Resolves when the stream has closed its file descriptor. */
function destroyStream(stream: Readable): Promise<void> {
  return new Promise((done) => {
    if (stream.closed) return done()
    stream.once('close', done)
    stream.destroy()
  })
}

async function isFileAt({ dev, ino }: Stats, path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined)
  return stats !== undefined && stats.dev === dev && stats.ino === ino
}

const REASON_BY_CODE: Readonly<Record<string, string>> = {
  ENOENT: 'no such file.',
  EACCES: 'permission denied.',
  EPERM: 'permission denied.',
}

const missingName = (source: string) =>
  new UsageError(
    `${source} needs --name, for example --name books-of-may. Rows that were imported under the same name are not added again.`,
  )
