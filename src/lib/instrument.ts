/** Puts something around a step of the pipeline; the step keeps its type, and answers and throws as before. */
export type Instrument = <Args extends unknown[], Result>(
  name: string,
  step: (...args: Args) => Result,
) => (...args: Args) => Result

/** Puts nothing around: the step itself. */
export const withoutInstrumentation: Instrument = (_, step) => step
