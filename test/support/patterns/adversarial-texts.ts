import { type AST, visitRegExpAST } from '@eslint-community/regexpp'
import { createCharacterTest, getGroup, MAX_COPIES, parsePattern } from './count-steps.ts'

const CHARACTERS = [...' a1A_-.:=/@"\'\\\n\t,;%#?&+~()[]{}<>|!\u0000é']
/** The second one ends what matches only within a line, or only letters. */
const ENDS = ['', '\n\u0000']

/**
 * Creates a function that builds texts of about `length` which make a backtracking matcher slow: each part and each beginning
 * of the pattern repeated, after the text that leads to it, other text or none, then an end that fails to match.
 */
export function createAdversarialTexts(source: string, flags: string) {
  const alternatives = parsePattern(source, flags)
  const literals = new Set<string>()
  const onCharacterEnter = ({ parent, value }: AST.Character) => {
    if (parent.type === 'Alternative' || parent.type === 'Quantifier')
      literals.add(String.fromCodePoint(value))
  }
  for (const one of alternatives) visitRegExpAST(one, { onCharacterEnter })
  const repeated = new Map<string, readonly [prefix: string, unit: string]>()
  for (const { elements } of alternatives) collect(elements, '')
  return (length: number): readonly string[] =>
    [...repeated.values()].flatMap(([prefix, unit]) =>
      ENDS.map((end) => prefix + unit.repeat((length - prefix.length) / unit.length) + end),
    )

  /** Adds the samples of each element, and the text up to each element. */
  function collect(elements: readonly AST.Element[], lead: string): void {
    let text = ''
    for (const element of elements) {
      const samples = getSamples(element)
      const inner = element.type === 'Quantifier' ? element.element : element
      for (const sample of samples) add(sample, lead + text)
      if ('alternatives' in inner) for (const one of inner.alternatives) collect(one.elements, lead + text)
      text += samples[0] ?? ''
      add(text, lead)
    }
  }

  function add(unit: string, lead: string): void {
    for (const prefix of unit === '' ? [] : ['', lead, '\u0000'])
      repeated.set(`${prefix}\n\n${unit}`, [prefix, unit])
  }

  /** Returns texts that an element matches, such as each of its alternatives. */
  function getSamples(node: AST.Element): readonly string[] {
    if (node.type === 'Quantifier') {
      const copies = Math.max(1, Math.min(node.min, MAX_COPIES))
      return getSamples(node.element).map((sample) => sample.repeat(copies))
    }
    if (node.type === 'Backreference') return getSamples(getGroup(node))
    if (node.type === 'Group' || node.type === 'CapturingGroup')
      return node.alternatives.flatMap(({ elements }) => {
        const samples = elements.map(getSamples)
        return Array.from({ length: Math.max(...samples.map((one) => one.length), 0) }, (_, i) =>
          samples.map((one) => one[i] ?? one[0] ?? '').join(''),
        )
      })
    if (node.type === 'Assertion') return ['']
    if (node.type === 'Character') return [String.fromCodePoint(node.value)]
    const test = createCharacterTest(node.raw, flags)
    const [ours, others] = [[...literals], CHARACTERS].map((all) =>
      all.filter((one) => test(one.charCodeAt(0))),
    )
    return [...(ours ?? []).slice(0, 3), ...(others ?? []).slice(0, 2)]
  }
}
