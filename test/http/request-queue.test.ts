import { expect, test } from '@jest/globals'
import { createRequestQueue } from '../../src/http/load-shedding.ts'
import { createManualEventLoop } from '../support/http/manual-event-loop.ts'

test('request-queue/O01 serves requests in their order, after the turn', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 10 }, loop)
  const served: number[] = []
  for (const i of [1, 2, 3]) expect(queue.tryEnqueue(() => void served.push(i))).toBe(true)
  expect(served).toEqual([])
  loop.runTurn()
  expect(served).toEqual([1, 2, 3])
})

test('request-queue/O02 rejects requests that would wait longer than the limit, until the queue is shorter', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  const enqueue = (count: number) =>
    Array.from({ length: count }, () => queue.tryEnqueue(() => undefined)).filter(Boolean).length
  // After some hundreds of samples the average is 3 ms.
  enqueue(500)
  loop.runTurn(3)
  // The eighteenth would wait for seventeen others: 51 ms.
  expect(enqueue(20)).toBe(17)
  expect(enqueue(20)).toBe(0)
  // Four are served in a turn of about 10 ms.
  loop.runTurn(3)
  expect(enqueue(20)).toBe(4)
})

test('request-queue/O05 queues ten requests, however long each takes', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  const enqueue = () => Array.from({ length: 500 }, () => queue.tryEnqueue(() => undefined))
  enqueue()
  loop.runTurn(1_000)
  expect(enqueue().filter(Boolean)).toHaveLength(10)
})

test('request-queue/O03 does not count the time between two turns', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 10; j++) expect(queue.tryEnqueue(() => undefined)).toBe(true)
    loop.runTurn(1)
    loop.advance(10_000)
    loop.runTurn(1)
  }
})

test('request-queue/O04 rejects nothing after a single long request', () => {
  const loop = createManualEventLoop()
  const queue = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  queue.tryEnqueue(() => loop.advance(200))
  for (let i = 0; i < 16; i++) expect(queue.tryEnqueue(() => undefined)).toBe(true)
  loop.runTurn()
  for (let i = 0; i < 16; i++) expect(queue.tryEnqueue(() => undefined)).toBe(true)
})
