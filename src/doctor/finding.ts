/** One thing that can be wrong: what was found, what to do, and where in Okta's console. `{name}` is filled in. */
export type FindingTemplate = {
  readonly found: string
  readonly mend: string
  readonly where?: string
  /** Works, but whoever runs it should know. */
  readonly status?: 'warning'
}
