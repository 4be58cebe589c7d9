import { type AST, RegExpParser } from '@eslint-community/regexpp'

type Direction = 1 | -1
type CharacterTest = (code: number) => boolean
type Step =
  | { kind: 'accept' }
  | { kind: 'character'; test: CharacterTest; direction: Direction; next: Step }
  | { kind: 'reference'; group: AST.CapturingGroup; direction: Direction; next: Step }
  | { kind: 'boundary'; pattern: RegExp; next: Step }
  | { kind: 'lookaround'; body: Step; isNegated: boolean; next: Step }
  | { kind: 'choice'; next: Step; other: Step }
  | { kind: 'save'; key: object; next: Step }
  | { kind: 'progress'; key: object; next: Step }
/** Positions at the ends of groups and at the start of a loop's body, the newest first. */
type Saved = { readonly key: object; readonly at: number; readonly older: Saved | undefined }

const ACCEPT: Step = { kind: 'accept' }
/** More repetitions than this count as unlimited. */
export const MAX_COPIES = 300

export function parsePattern(source: string, flags: string): readonly AST.Alternative[] {
  const unicode = { unicode: flags.includes('u'), unicodeSets: flags.includes('v') }
  return new RegExpParser().parsePattern(source, 0, source.length, unicode).alternatives
}

/** Creates a test of one UTF-16 code unit, which is NaN outside the text. */
export function createCharacterTest(raw: string, flags: string): CharacterTest {
  const pattern = new RegExp(`^${raw}$`, flags.replace(/[gym]/g, ''))
  const results: boolean[] = []
  return (code) => {
    const result = results[code] ?? (code >= 0 && pattern.test(String.fromCharCode(code)))
    results[code] = result
    return result
  }
}

/**
 * Returns a function that counts the steps of a backtracking matcher that finds every match in a text, as V8's does without
 * its shortcuts. It stops after `limit` steps.
 */
export function createStepCounter(source: string, flags: string) {
  const first = compileAlternatives(parsePattern(source, flags), ACCEPT, 1)

  return function countSteps(text: string, limit: number): number {
    let steps = 0
    for (let start = 0; start <= text.length && steps <= limit; ) {
      const end = match(first, start, undefined)
      if (end === undefined && flags.includes('y')) break
      start = Math.max(start + 1, end ?? 0)
    }
    return steps

    /** Returns the end of the match at a position. */
    function match(begin: Step, start: number, given: Saved | undefined): number | undefined {
      const pending = [{ step: begin, at: start, saved: given }]
      for (let state = pending.pop(); state; state = pending.pop()) {
        let { step, at, saved } = state
        for (let isMatching = true; isMatching && steps <= limit; ) {
          steps += 1
          if (step.kind === 'accept') return at
          if (step.kind === 'character') {
            isMatching = step.test(text.charCodeAt(step.direction === 1 ? at : at - 1))
            at += step.direction
          } else if (step.kind === 'choice') pending.push({ step: step.other, at, saved })
          else if (step.kind === 'save') saved = { key: step.key, at, older: saved }
          else if (step.kind === 'progress') isMatching = findSaved(saved, step.key) !== at
          else if (step.kind === 'lookaround')
            isMatching = (match(step.body, at, saved) === undefined) === step.isNegated
          else if (step.kind === 'boundary') {
            step.pattern.lastIndex = at
            isMatching = step.pattern.test(text)
          } else {
            const ends = [findSaved(saved, step.group), findSaved(saved, step.group.alternatives)]
            const value = text.slice(Math.min(...ends), Math.max(...ends))
            steps += value.length
            isMatching = text.startsWith(value, step.direction === 1 ? at : at - value.length)
            at += step.direction * value.length
          }
          step = step.next
        }
      }
      return undefined
    }
  }

  function compileAlternatives(all: readonly AST.Alternative[], next: Step, direction: Direction): Step {
    const compileNext = (after: Step, element: AST.Element) => compile(element, after, direction)
    return all
      .map(({ elements }) => (direction === 1 ? elements.toReversed() : elements).reduce(compileNext, next))
      .reduceRight((other, one) => ({ kind: 'choice', next: one, other }))
  }

  function compile(node: AST.Element, next: Step, direction: Direction): Step {
    if (node.type === 'Quantifier') return compileQuantifier(node, next, direction)
    if (node.type === 'Group') return compileAlternatives(node.alternatives, next, direction)
    if (node.type === 'CapturingGroup') {
      if (node.references.length === 0) return compileAlternatives(node.alternatives, next, direction)
      const end: Step = { kind: 'save', key: node.alternatives, next }
      return { kind: 'save', key: node, next: compileAlternatives(node.alternatives, end, direction) }
    }
    if (node.type === 'Backreference') return { kind: 'reference', group: getGroup(node), direction, next }
    if (node.type !== 'Assertion')
      return { kind: 'character', test: createCharacterTest(node.raw, flags), direction, next }
    if (node.kind !== 'lookahead' && node.kind !== 'lookbehind')
      return { kind: 'boundary', pattern: new RegExp(node.raw, `${flags.replace(/[gy]/g, '')}y`), next }
    const body = compileAlternatives(node.alternatives, ACCEPT, node.kind === 'lookahead' ? 1 : -1)
    return { kind: 'lookaround', body, isNegated: node.negate, next }
  }

  function compileQuantifier(node: AST.Quantifier, after: Step, direction: Direction): Step {
    const { element, min, max, greedy } = node
    const choose = (body: Step, choice = { kind: 'choice' } as Extract<Step, { kind: 'choice' }>) =>
      Object.assign(choice, greedy ? { next: body, other: after } : { next: after, other: body })
    let next = after
    if (max - min > MAX_COPIES) {
      const loop = choose(after)
      // As V8, leaves a loop whose body matched nothing.
      const canBeEmpty = new RegExp(`^(?:${element.raw})$`, flags).test('')
      const body = compile(
        element,
        canBeEmpty ? { kind: 'progress', key: node, next: loop } : loop,
        direction,
      )
      next = choose(canBeEmpty ? { kind: 'save', key: node, next: body } : body, loop)
    } else for (let i = min; i < max; i += 1) next = choose(compile(element, next, direction))
    for (let i = 0; i < Math.min(min, MAX_COPIES); i += 1) next = compile(element, next, direction)
    return next
  }
}

/** Returns the group of a reference, the first one of several with the same name. */
export const getGroup = ({ resolved }: AST.Backreference) => [resolved].flat()[0] as AST.CapturingGroup

function findSaved(saved: Saved | undefined, key: object): number {
  let entry = saved
  while (entry && entry.key !== key) entry = entry.older
  return entry?.at ?? 0
}
