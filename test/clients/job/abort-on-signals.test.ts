import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { abortOnSignals } from '../../../src/clients/job/abort-on-signals.ts'
import { InterruptedError } from '../../../src/clients/job/errors.ts'
import { createTestClock } from '../../support/test-clock.ts'

beforeEach(() => {
  jest.spyOn(console, 'error').mockReturnValue(undefined)
  jest.spyOn(process, 'kill').mockReturnValue(true)
})
afterEach(() => {
  jest.restoreAllMocks()
})

function setUp() {
  const clock = createTestClock()
  const abortController = new AbortController()
  return { clock, abortController, removeListeners: abortOnSignals(abortController, clock) }
}

test('ignores the copy of a signal that npm forwards, and terminates at the next signal', async () => {
  const { clock, abortController } = setUp()
  process.emit('SIGINT', 'SIGINT')
  process.emit('SIGINT', 'SIGINT')
  expect(abortController.signal.aborted).toBe(true)
  expect(process.kill).not.toHaveBeenCalled()
  await clock.advance(1_000)
  process.emit('SIGTERM', 'SIGTERM')
  expect(process.kill).toHaveBeenCalledWith(process.pid, 'SIGTERM')
  expect(console.error).toHaveBeenCalledTimes(1)
  expect(process.listenerCount('SIGINT')).toBe(0)
})

const SIGNALS: readonly {
  readonly id: string
  readonly signal: NodeJS.Signals
  readonly exitCode: number
}[] = [
  { id: 'job/E01', signal: 'SIGINT', exitCode: 130 },
  { id: 'job/E02', signal: 'SIGTERM', exitCode: 143 },
]
test.each(SIGNALS)('$id aborts with exit code $exitCode after $signal', ({ signal, exitCode }) => {
  const { abortController, removeListeners } = setUp()
  let messagesBeforeAbort = Number.NaN
  abortController.signal.addEventListener('abort', () => {
    messagesBeforeAbort = jest.mocked(console.error).mock.calls.length
  })
  process.emit(signal, signal)
  expect(messagesBeforeAbort).toBe(0)
  expect(console.error).toHaveBeenCalledTimes(1)
  expect(abortController.signal.reason).toBeInstanceOf(InterruptedError)
  expect(abortController.signal.reason).toMatchObject({ exitCode })
  removeListeners()
  expect(process.listenerCount(signal)).toBe(0)
})
