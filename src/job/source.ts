import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { JobFault, UsageFault } from './faults.ts'

/** Where rows come from. */
export type Source = {
  /** As it is told to people. */
  readonly label: string
  /** What its rows are known by in another run. */
  readonly name: string
  /** Bytes at the start; undefined when nobody can tell. */
  readonly size: number | undefined
  readonly chunks: AsyncIterable<Buffer>
  /** Whether it is longer now than at the start. */
  readonly grew: () => Promise<boolean>
  readonly close: () => Promise<void>
}

const CHUNK = 65_536

/**
 * Opens a file, or standard input for `-`. It is read to the end that is found on the way.
 * @param name in place of the file's absolute path
 * @param stop ends the reading
 * @throws JobFault when it can't be read, UsageFault when standard input has no name
 */
export async function openSource(file: string, name: string | undefined, stop: AbortSignal): Promise<Source> {
  if (file === '-') return standardInput(name, stop)
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new JobFault(`${file} cannot be read: ${WHY[error.code ?? ''] ?? error.message}`)
  })
  const stats = await handle.stat()
  if (stats.isDirectory()) {
    await handle.close()
    throw new JobFault(`${file} cannot be read: it is a directory.`)
  }
  const stream = createReadStream('', { fd: handle, autoClose: false, highWaterMark: CHUNK })
  return {
    label: basename(file),
    name: name ?? resolve(file),
    size: stats.isFile() ? stats.size : undefined,
    chunks: addAbortSignal(stop, stream),
    grew: async () => stats.isFile() && (await sizeOf(handle)) > stats.size,
    close: () => handle.close(),
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EACCES: 'this user may not read it.',
  EPERM: 'this user may not read it.',
}

const sizeOf = async (handle: FileHandle) => (await handle.stat()).size

function standardInput(name: string | undefined, stop: AbortSignal): Source {
  if (name === undefined)
    throw new UsageFault(
      'Standard input needs --name, for example --name books-of-may: rows that came under it before are known again.',
    )
  return {
    label: name,
    name,
    size: undefined,
    chunks: addAbortSignal(stop, process.stdin as Readable),
    grew: async () => false,
    close: async () => undefined,
  }
}
