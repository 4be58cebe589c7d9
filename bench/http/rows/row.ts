import type { AskAt } from '../ask.ts'
import type { BenchIssuer } from '../token.ts'

/** What is asked of several servers, and shown as a table of the report. */
export interface RequestRow {
  /** What `--rows` calls it. */
  readonly name: string
  readonly title: string
  /** Names of the servers that are asked. */
  readonly servers: readonly string[]
  /** The server that the others' CPU is divided by. */
  readonly baseline: string
  /** How many books a server has before it is asked, with the five that it begins with. */
  readonly books?: number
  /** Over how many connections at most: ours refuses what would wait for its event loop for longer than 50 ms. */
  readonly connections?: number
  /** Makes the requests, tokens and all, before anything is measured. */
  asks(issuer: BenchIssuer): Promise<AskAt>
  /** What a server answers to the request with a number. */
  expected(server: string, number: number): Expected
}

export interface Expected {
  readonly status: number
  /** Compared deeply with the answer. */
  readonly body?: unknown
  /** What the answer's first error says in `extensions.code`. */
  readonly code?: string
  /** Leaves out what is another at each answer, before it is compared. */
  readonly without?: (body: string) => string
}

export const GRAPHQL = {
  servers: ['ours', 'apollo-standalone', 'mercurius'],
  baseline: 'apollo-standalone',
} as const

export const READ = ['fakebookapi.read']
export const ADMIN = ['fakebookapi.admin']
export const FIELDS = 'id title author cost numPages'
