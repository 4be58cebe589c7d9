import type { Script, ScriptedOkta } from '../../support/doctor/stub-okta.ts'

/** A set-up that is wrong in one way, as a server with Okta's published answers shows it, and what doctor finds. */
export type OktaCase = {
  readonly id: string
  readonly name: string
  readonly script: Script | ((okta: ScriptedOkta) => Script | Promise<Script>)
  readonly settings?: Readonly<Record<string, string>>
  /** Everything that is not well, in order. */
  readonly finds: readonly string[]
}
