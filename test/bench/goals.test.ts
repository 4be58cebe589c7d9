import { expect, test } from '@jest/globals'
import { type Goal, judgeGoals } from '../../bench/http/judge-goals.ts'

const goal = (value: number): Goal => ({ title: 'book', value, bound: 1, unit: ' s' })

interface GoalsCase {
  readonly id: string
  readonly title: string
  readonly goals: readonly Goal[]
  readonly areMet: boolean
  readonly output: RegExp
}

const CASES: readonly GoalsCase[] = [
  {
    id: 'goals/GL01',
    title: 'is met when every value is below its bound',
    goals: [goal(0.5), goal(0.99)],
    areMet: true,
    output: /^\| book \| under 1\.00 s \| 0\.50 s \| met \|$[\s\S]*^2 of 2 goals are met\.$/m,
  },
  {
    id: 'goals/GL02',
    title: 'is missed when one value is not below its bound',
    goals: [goal(0.5), goal(1)],
    areMet: false,
    output: /^\| book \| under 1\.00 s \| 1\.00 s \| missed \|$[\s\S]*^1 of 2 goals are met\.$/m,
  },
  {
    id: 'goals/GL03',
    title: 'is missed when a value could not be measured',
    goals: [goal(Number.NaN)],
    areMet: false,
    output: /missed[\s\S]*^0 of 1 goals are met\.$/m,
  },
]

test.each(CASES)('$id $title', ({ goals, areMet, output }) => {
  const judged = judgeGoals(goals)
  expect(judged.areMet).toBe(areMet)
  expect(judged.text).toMatch(output)
})
