import type { Clock } from './clock.ts'

/**
 * A map whose entries expire together, with no timer per entry: each stays for at least `minAgeMs` and at most twice
 * that. New entries go to the young generation; when it is old enough, it replaces the old one, which is dropped.
 */
export class TwoGenerationMap<Value> {
  readonly #minAgeMs: number
  readonly #clock: Clock
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()
  #youngSince: number
  #generation = 0

  constructor(minAgeMs: number, clock: Clock) {
    this.#minAgeMs = minAgeMs
    this.#clock = clock
    this.#youngSince = clock.monotonicNow()
  }

  get(key: string): Value | undefined {
    this.#rotate()
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: string, value: Value): void {
    this.#rotate()
    this.#young.set(key, value)
  }

  /** The number of entries. A key that was set in both generations counts twice. */
  get size(): number {
    this.#rotate()
    return this.#young.size + this.#old.size
  }

  /** A number that changes whenever a new young generation begins. */
  get generation(): number {
    this.#rotate()
    return this.#generation
  }

  #rotate(): void {
    const ageMs = this.#clock.monotonicNow() - this.#youngSince
    if (ageMs < this.#minAgeMs) return
    this.#old = ageMs < 2 * this.#minAgeMs ? this.#young : new Map()
    this.#young = new Map()
    this.#generation += 1
    // A whole number of periods: one that began with this access would keep the old generation for longer.
    this.#youngSince += Math.floor(ageMs / this.#minAgeMs) * this.#minAgeMs
  }
}
