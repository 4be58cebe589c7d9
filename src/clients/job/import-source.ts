import { close, createReadStream, fstat, open, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { basename, resolve } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { JobError, UsageError } from './errors.ts'

/** Where rows come from. */
export type ImportSource = {
  /** As it is told to people. */
  readonly label: string
  /** What its rows are known by in another run. */
  readonly name: string
  /** Bytes at the start; undefined when nobody can tell. */
  readonly size: number | undefined
  readonly chunks: AsyncIterable<Buffer>
  /** Whether it is longer now than at the start. */
  readonly hasGrown: () => Promise<boolean>
  /** Whether it is the file that this path leads to, by whatever name. */
  readonly isSameFile: (path: string) => Promise<boolean>
  readonly close: () => Promise<void>
}

const CHUNK = 65_536
const STDIN = 0
/** Paths of whatever is open, as the shell's `<(…)` has them: tomorrow something else is there. */
const NUMBERED = /^\/(?:dev\/(?:stdin$|fd\/)|proc\/[^/]+\/fd\/)/

/**
 * Opens a file, or standard input for `-`. It is read to the end that is found on the way.
 * @param name in place of the file's absolute path
 * @param signal ends the reading
 * @throws JobError when it can't be read, UsageError when standard input has no name
 */
export async function openImportSource(
  file: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<ImportSource> {
  if (file === '-') return standardInput(name, signal)
  if (name === undefined && NUMBERED.test(resolve(file))) throw nameless(file)
  const fd = await opened(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new JobError(`${file} cannot be read: ${WHY[error.code ?? ''] ?? error.message}`)
  })
  const stats = await statsOf(fd)
  if (stats.isDirectory()) {
    await closed(fd)
    throw new JobError(`${file} cannot be read: it is a directory.`)
  }
  const stream = stats.isFIFO()
    ? pipe(fd)
    : createReadStream('', { fd, autoClose: false, highWaterMark: CHUNK })
  return {
    label: basename(file),
    name: name ?? resolve(file),
    size: stats.isFile() ? stats.size : undefined,
    chunks: addAbortSignal(signal, stream),
    hasGrown: async () => stats.isFile() && (await statsOf(fd)).size > stats.size,
    isSameFile: (path) => isFileAt(stats, path),
    close: () => ended(stream),
  }
}

const opened = promisify(open)
const closed = promisify(close)
const statsOf: (fd: number) => Promise<Stats> = promisify(fstat)

/** A read of a named pipe as of a file would end when somebody writes, and the process not before. */
const pipe = (fd: number) => new Socket({ fd, readable: true, writable: false })

/** The stream closes what it reads from, whoever ends it. */
function ended(stream: Readable): Promise<void> {
  return new Promise((done) => {
    if (stream.closed) return done()
    stream.once('close', done)
    stream.destroy()
  })
}

async function isFileAt({ dev, ino }: Stats, path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined)
  return there !== undefined && there.dev === dev && there.ino === ino
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EACCES: 'this user may not read it.',
  EPERM: 'this user may not read it.',
}

const nameless = (what: string) =>
  new UsageError(
    `${what} needs --name, for example --name books-of-may: rows that came under it before are known again.`,
  )

function standardInput(name: string | undefined, stop: AbortSignal): ImportSource {
  if (name === undefined) throw nameless('Standard input')
  return {
    label: name,
    name,
    size: undefined,
    chunks: addAbortSignal(stop, process.stdin as Readable),
    hasGrown: async () => false,
    isSameFile: async (path) => isFileAt(await statsOf(STDIN), path),
    close: async () => undefined,
  }
}
