import type { OktaOverrides, StubOkta } from '../../support/doctor/stub-okta.ts'

/** One mistake in a set-up: responses as Okta documents them, and the findings that doctor reports. */
export type OktaCase = {
  readonly id: string
  readonly title: string
  readonly overrides: OktaOverrides | ((okta: StubOkta) => OktaOverrides | Promise<OktaOverrides>)
  readonly settings?: Readonly<Record<string, string>>
  /** Failures and warnings, in the order of the report. */
  readonly expectedFindings: readonly string[]
}
