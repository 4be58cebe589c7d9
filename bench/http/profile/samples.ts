import { BACKGROUND, OTHER, stages } from './stages.ts'

/** How many samples each stage has, by its name. */
export type Counts = ReadonlyMap<string, number>

/** Reads what `perf script` printed: a head for each sample, then its stack from within, then an empty line. */
export function countSamples(printed: string): Counts {
  const counts = new Map<string, number>()
  for (const sample of printed.split('\n\n')) {
    const [head = '', ...frames] = sample.trim().split('\n')
    if (head === '') continue
    const stage = /MainThread/.test(head) ? stageOf(frames) : BACKGROUND
    counts.set(stage, (counts.get(stage) ?? 0) + 1)
  }
  return counts
}

function stageOf(frames: readonly string[]): string {
  for (const frame of frames) {
    const stage = stages.find((one) => one.frames.test(frame))
    if (stage !== undefined) return stage.name
  }
  return OTHER
}
