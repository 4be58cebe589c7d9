import { EventEmitter } from 'node:events'
import { expect, test } from '@jest/globals'
import { abortOnSignals } from '../../../src/clients/job/abort-on-signals.ts'
import { createTestClock } from '../../support/test-clock.ts'

function setUp() {
  const clock = createTestClock()
  const abortController = new AbortController()
  const signalEmitter = new EventEmitter()
  const terminatedBy: string[] = []
  const messages: string[] = []
  const handler = abortOnSignals({
    abortController,
    clock,
    report: (message) => messages.push(message),
    signalEmitter,
    terminate: (signal) => terminatedBy.push(signal),
  })
  return { clock, abortController, signalEmitter, terminatedBy, messages, handler }
}

test('ignores the copy of a signal that npm forwards, and terminates at the next signal', async () => {
  const { clock, abortController, signalEmitter, terminatedBy, messages } = setUp()
  signalEmitter.emit('SIGINT', 'SIGINT')
  signalEmitter.emit('SIGINT', 'SIGINT')
  expect([abortController.signal.aborted, messages.length, terminatedBy]).toEqual([true, 1, []])
  await clock.advance(1_000)
  signalEmitter.emit('SIGTERM', 'SIGTERM')
  expect([messages.length, terminatedBy, signalEmitter.listenerCount('SIGINT')]).toEqual([1, ['SIGTERM'], 0])
})

test.each([
  { id: 'job/E01', signal: 'SIGINT', exitCode: 130 },
  { id: 'job/E02', signal: 'SIGTERM', exitCode: 143 },
])('$id returns exit code $exitCode after $signal', ({ signal, exitCode }) => {
  const { signalEmitter, handler } = setUp()
  expect(handler.exitCode()).toBeUndefined()
  signalEmitter.emit(signal, signal)
  expect(handler.exitCode()).toBe(exitCode)
  handler.dispose()
  expect(signalEmitter.listenerCount(signal)).toBe(0)
})
