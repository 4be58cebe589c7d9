// What becomes of workers that end, hang or do not start; with time that a test passes.

import { expect, test } from '@jest/globals'
import { pino } from 'pino'
import { Line } from '../../../src/app/workers/message-channel.ts'
import { Ended, type Hand } from '../../../src/app/workers/worker-handle.ts'
import { Crew } from '../../../src/app/workers/worker-pool.ts'
import { createTestClock } from '../../support/test-clock.ts'

/** A worker without a process: a test says what it does. */
function handOf(id: number, clock: ReturnType<typeof createTestClock>) {
  const serving = Promise.withResolvers<string>()
  const ended = Promise.withResolvers<Ended>()
  const signals: string[] = []
  let deaf = false
  serving.promise.catch(() => undefined)
  const line = new Line({
    answers: {},
    clock,
    send(message) {
      if (deaf) return
      hand.silent = 0
      const { said } = message as { said: { ask: number; what: string }[] }
      for (const { ask, what } of said)
        if (what === 'stop') ended.resolve(new Ended(0, null))
        else line.hear({ said: [{ answer: ask, value: undefined, fault: undefined }] })
    },
  })
  const hand: Hand = {
    id,
    line,
    bornAt: clock.monotonicNow(),
    state: 'starting',
    silent: 0,
    serving: serving.promise,
    ended: ended.promise,
    kill(signal) {
      signals.push(signal)
      die(null, signal)
    },
  }
  function die(code: number | null, signal: string | null = null) {
    const end = new Ended(code, signal)
    ended.resolve(end)
    serving.reject(end)
  }
  return {
    hand,
    signals,
    die,
    serve() {
      hand.state = 'serving'
      serving.resolve('http://localhost:1')
    },
    /** It takes nothing any more. */
    hang() {
      deaf = true
    },
  }
}

/** @param stuck the number of one that never gets to serve */
function crewOf(size: number, stuck?: number) {
  const clock = createTestClock()
  const made: ReturnType<typeof handOf>[] = []
  const given = { up: 0 }
  let dies = false
  const crew = new Crew({
    size,
    fork() {
      const one = handOf(made.length + 1, clock)
      made.push(one)
      if (dies) one.die(1)
      else if (one.hand.id !== stuck) one.serve()
      return one.hand
    },
    clock,
    log: pino({ level: 'silent' }),
    endMs: 10_000,
    giveUp() {
      given.up += 1
    },
  })
  return { clock, crew, made, given, dieAtStart: (does: boolean) => (dies = does) }
}

test('W60 one that does not answer for half a minute is killed and replaced; a long sleep of all is none', async () => {
  const { clock, crew, made } = crewOf(2)
  await crew.start()
  await clock.advance(120_000)
  expect(made.flatMap(({ signals }) => signals)).toEqual([])
  made[0]?.hang()
  await clock.advance(29_000)
  expect(made[0]?.signals).toEqual([])
  await clock.advance(16_000)
  expect(made.map(({ signals }) => signals)).toEqual([['SIGKILL'], [], []])
  expect(crew.serving).toBe(2)
})

test('W61 one that does not end in time is killed, and a stop says so', async () => {
  const { clock, crew, made } = crewOf(2)
  await crew.start()
  made[1]?.hang()
  const stopped = expect(crew.stop(true)).rejects.toThrow('killed')
  await clock.advance(9_999)
  expect(made[1]?.signals).toEqual([])
  await clock.advance(1)
  await stopped
  expect(made.map(({ signals }) => signals)).toEqual([[], ['SIGKILL']])
})

test('W62 those that end at their start are tried again, later each time, and given up where nobody serves', async () => {
  const { clock, crew, made, given, dieAtStart } = crewOf(2)
  await crew.start()
  await clock.advance(60_000)
  dieAtStart(true)
  made[0]?.die(null, 'SIGKILL')
  await clock.advance(60_000)
  const tried = made.length
  // The other one serves: nobody gives up, and nobody is in a hurry.
  expect([crew.serving, given.up]).toEqual([1, 0])
  expect(tried).toBeGreaterThan(6)
  expect(tried).toBeLessThan(16)
  made[1]?.die(null, 'SIGKILL')
  await clock.advance(60_000)
  expect([crew.serving, given.up > 0]).toEqual([0, true])
})

test('W64 one that ends while others are being replaced is replaced once', async () => {
  const { clock, crew, made } = crewOf(3)
  await crew.start()
  await clock.advance(60_000)
  const replaced = crew.replaceAll()
  made[2]?.die(1)
  await replaced
  await clock.advance(60_000)
  expect([crew.serving, crew.hands.some(({ id }) => id <= 3)]).toEqual([3, false])
})

test('W63 after a stop nobody is started any more', async () => {
  const { clock, crew, made } = crewOf(2)
  await crew.start()
  made[0]?.die(1)
  await crew.stop(false)
  await clock.advance(60_000)
  expect([crew.hands, made.length <= 3]).toEqual([[], true])
})

test('W65 one that hangs is killed also while another has not got to serve', async () => {
  const { clock, crew, made } = crewOf(3, 3)
  crew.start()
  await clock.advance(1_000)
  expect(crew.serving).toBe(2)
  made[0]?.hang()
  await clock.advance(45_000)
  expect(made[0]?.signals).toEqual(['SIGKILL'])
})
