/** Wraps a function to observe its calls. The wrapper has the same type, returns the same and throws the same. */
export type Instrument = <Args extends unknown[], Result>(
  name: string,
  step: (...args: Args) => Result,
) => (...args: Args) => Result

export const withoutInstrumentation: Instrument = (_, step) => step
