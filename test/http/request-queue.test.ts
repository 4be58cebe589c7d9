// The line in which requests wait for the event loop, in a time of its own.

import { expect, test } from '@jest/globals'
import { createRequestQueue } from '../../src/http/request-queue.ts'
import { createManualEventLoop } from '../support/http/manual-event-loop.ts'

test('O01 requests are served in the order in which they came, at the end of the turn', () => {
  const loop = createManualEventLoop()
  const line = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 10 }, loop)
  const served: number[] = []
  for (const i of [1, 2, 3]) expect(line.tryEnqueue(() => void served.push(i))).toBe(true)
  expect(served).toEqual([])
  loop.runTurn()
  expect(served).toEqual([1, 2, 3])
})

test('O02 who would wait longer than the limit is refused, until the line is shorter', () => {
  const loop = createManualEventLoop()
  const line = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  const enter = (count: number) =>
    Array.from({ length: count }, () => line.tryEnqueue(() => undefined)).filter((entered) => entered).length
  // How long one takes is known after some hundreds: 3 ms.
  enter(500)
  loop.runTurn(3)
  // The eighteenth would wait for seventeen others, which is 51 ms.
  expect(enter(20)).toBe(17)
  expect(enter(20)).toBe(0)
  // Four in a turn, so that others are looked at after some 10 ms.
  loop.runTurn(3)
  expect(enter(20)).toBe(4)
})

test('O05 ten may wait, however long each takes', () => {
  const loop = createManualEventLoop()
  const line = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  const enter = () => Array.from({ length: 500 }, () => line.tryEnqueue(() => undefined))
  enter()
  loop.runTurn(1_000)
  expect(enter().filter((entered) => entered)).toHaveLength(10)
})

test('O03 what the loop does between two turns says nothing of how long a request takes', () => {
  const loop = createManualEventLoop()
  const line = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  for (let i = 0; i < 100; i++) {
    for (let j = 0; j < 10; j++) expect(line.tryEnqueue(() => undefined)).toBe(true)
    loop.runTurn(1)
    loop.advance(10_000)
    loop.runTurn(1)
  }
})

test('O04 a single long request refuses nobody', () => {
  const loop = createManualEventLoop()
  const line = createRequestQueue({ maxLoopDelayMs: 50, maxInFlight: 1_000 }, loop)
  line.tryEnqueue(() => loop.advance(200))
  for (let i = 0; i < 16; i++) expect(line.tryEnqueue(() => undefined)).toBe(true)
  loop.runTurn()
  for (let i = 0; i < 16; i++) expect(line.tryEnqueue(() => undefined)).toBe(true)
})
