import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Clock } from '../../src/lib/clock.ts'
import { createLineWriter } from '../../src/observability/line-writer.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { createTestClock } from '../support/test-clock.ts'
import { waitUntil } from '../support/wait-until.ts'

const NON_BLOCKING = constants.O_NONBLOCK
const LIMIT_BYTES = 786_432
const RESERVED_BYTES = 262_144
const PIPE_BYTES = 65_536

/** Opens both ends of a pipe of 64 KiB. */
function openPipe(clock?: Clock) {
  const path = join(createTemporaryFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const readFd = openSync(path, constants.O_RDONLY | NON_BLOCKING)
  const writer = createLineWriter(openSync(path, constants.O_WRONLY | NON_BLOCKING), clock)
  /** Reads what the pipe holds, at most `maxBytes`; undefined while it is empty. */
  function read(maxBytes: number): string | undefined {
    const bytes = Buffer.alloc(maxBytes)
    try {
      return bytes.toString('latin1', 0, readSync(readFd, bytes))
    } catch {
      return undefined
    }
  }
  return { writer, read, closeReader: () => closeSync(readFd) }
}

const fail = (error: unknown) => expect(error).toBe('no lost line')
const lineOf = (index: number, bytes = 100) => `${String(index).padStart(bytes - 1, '.')}\n`

test('line-writer/L01 hands lines to the operating system at once while the pipe is read', () => {
  const { writer, read, closeReader } = openPipe()
  for (let i = 0; i < 3; i++) {
    writer.write(lineOf(i), fail)
    expect(read(1_000)).toBe(lineOf(i))
  }
  writer.close()
  closeReader()
})

test('line-writer/L02 keeps lines while the pipe is not read, and then writes them whole and in order', async () => {
  const { writer, read, closeReader } = openPipe()
  // A length that does not divide that of the pipe, and is written in parts.
  const lines = Array.from({ length: 70 }, (_, i) => lineOf(i, 9_999))
  for (const line of lines) writer.write(line, fail)
  let text = ''
  await waitUntil(async () => {
    text += read(20_000) ?? ''
    return text.length === lines.join('').length
  })
  expect(text).toBe(lines.join(''))
  writer.write(lineOf(1), fail)
  expect(read(1_000)).toBe(lineOf(1))
  writer.close()
  closeReader()
})

test('line-writer/L03 drops what exceeds 768 KiB, reports it, and takes lines again when the pipe is read', async () => {
  const { writer, read, closeReader } = openPipe()
  const dropped: unknown[] = []
  const write = (index: number) =>
    writer.write(lineOf(index, 4_096), (error = 'too much') => dropped.push(error))
  const fitting = (PIPE_BYTES + LIMIT_BYTES) / 4_096
  for (let i = 0; i < fitting + 9; i++) write(i)
  expect(dropped).toEqual(Array(9).fill('too much'))
  let text = ''
  await waitUntil(async () => {
    text += read(PIPE_BYTES) ?? ''
    return text.length === fitting * 4_096
  })
  write(1_000)
  expect(dropped).toHaveLength(9)
  expect(read(PIPE_BYTES)).toBe(lineOf(1_000, 4_096))
  writer.close()
  closeReader()
})

test('line-writer/L05 keeps 256 KiB for important lines', () => {
  const { writer, closeReader } = openPipe()
  const dropped: string[] = []
  const line = lineOf(0, 4_096)
  for (let i = 0; i < (PIPE_BYTES + LIMIT_BYTES) / 4_096 + 1; i++)
    writer.write(line, () => dropped.push('other'))
  for (let i = 0; i < RESERVED_BYTES / 4_096 + 1; i++)
    writer.write(line, () => dropped.push('important'), true)
  expect(dropped).toEqual(['other', 'important'])
  closeReader()
  writer.close()
})

test('line-writer/L06 schedules one retry at a time, however many lines wait, and none when the pipe takes them', async () => {
  const clock = createTestClock()
  let retries = 0
  const { writer, read, closeReader } = openPipe({
    ...clock,
    schedule(milliseconds, run) {
      retries += 1
      return clock.schedule(milliseconds, run)
    },
  })
  for (let i = 0; i < PIPE_BYTES / 4_096 + 20; i++) writer.write(lineOf(i, 4_096), fail)
  expect(retries).toBe(1)
  await clock.advance(10)
  expect(retries).toBe(2)
  read(PIPE_BYTES)
  await clock.advance(10)
  expect(read(PIPE_BYTES)).toHaveLength(PIPE_BYTES)
  await clock.advance(10)
  expect([read(PIPE_BYTES)?.length, retries]).toEqual([4 * 4_096, 3])
  await clock.advance(1_000)
  expect(retries).toBe(3)
  writer.close()
  closeReader()
})

test('line-writer/L07 reports the lines that a pipe has not taken when it is closed, and writes nothing later', async () => {
  const clock = createTestClock()
  const { writer, read, closeReader } = openPipe(clock)
  const lost: unknown[] = []
  for (let i = 0; i < PIPE_BYTES / 4_096 + 2; i++)
    writer.write(lineOf(i, 4_096), (error = 'not taken') => lost.push(error))
  writer.close()
  expect(lost).toEqual(['not taken', 'not taken'])
  // The descriptor may belong to another file by now: it is closed, so that writing to it would be an error.
  await clock.advance(1_000)
  expect(lost).toHaveLength(2)
  expect(read(PIPE_BYTES)).toHaveLength(PIPE_BYTES)
  closeReader()
})

test('line-writer/L04 reports each line to a pipe that is closed, pending ones included', async () => {
  const { writer, closeReader } = openPipe()
  const errors: unknown[] = []
  const write = (index: number) => writer.write(lineOf(index, 4_096), (error) => errors.push(error))
  for (let i = 0; i < PIPE_BYTES / 4_096 + 3; i++) write(i)
  expect(errors).toEqual([])
  closeReader()
  await waitUntil(async () => errors.length === 3)
  write(20)
  expect(errors).toEqual(Array(4).fill(expect.objectContaining({ code: 'EPIPE' })))
  writer.close()
})

test('line-writer/L08 reports a line that is lost at exit once, even if the report is lost too', () => {
  const { writer, closeReader } = openPipe()
  const lost: string[] = []
  writer.write(lineOf(1, PIPE_BYTES), fail)
  writer.write(lineOf(2), () => {
    lost.push('line')
    writer.write(lineOf(3), () => lost.push('report'))
  })
  closeReader()
  writer.close()
  expect(lost).toEqual(['line', 'report'])
})
