import type { OktaOverrides, StubOkta } from '../../support/doctor/stub-okta.ts'

/** A set-up that is wrong in one way, as a server with Okta's published answers shows it, and what doctor finds. */
export type OktaCase = {
  readonly id: string
  readonly title: string
  readonly overrides: OktaOverrides | ((okta: StubOkta) => OktaOverrides | Promise<OktaOverrides>)
  readonly settings?: Readonly<Record<string, string>>
  /** Everything that is not well, in order. */
  readonly expectedFindings: readonly string[]
}
