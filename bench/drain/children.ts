import { readFileSync } from 'node:fs'

/** The processes that a process has started, and that live; Linux alone tells. */
export const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((id) => id !== '')
    .map(Number)
