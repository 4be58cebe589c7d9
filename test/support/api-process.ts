import type { ChildProcess } from 'node:child_process'

/** The API in a process of its own. */
export interface ApiProcess {
  /** The GraphQL endpoint. */
  readonly url: string
  readonly child: ChildProcess
  /** Resolves with the exit status, or null after a signal. */
  readonly exited: Promise<number | null>
}

/** Starts the API with these settings; resolves once it serves requests. */
export type StartApi = (settings: Record<string, string>) => Promise<ApiProcess>
