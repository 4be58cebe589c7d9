import type { FindingTemplate } from './finding.ts'
import { CLIENT_FINDINGS } from './findings-clients.ts'
import { ENVIRONMENT_FINDINGS } from './findings-environment.ts'
import { ISSUER_FINDINGS } from './findings-issuer.ts'
import { TOKEN_FINDINGS } from './findings-token.ts'

/** Everything that doctor can find wrong. Numbers are permanent: docs/okta.md and other people's scripts name them. */
const ALL = { ...ENVIRONMENT_FINDINGS, ...ISSUER_FINDINGS, ...CLIENT_FINDINGS, ...TOKEN_FINDINGS } as const

export type FindingId = keyof typeof ALL
export const FINDINGS: Readonly<Record<FindingId, FindingTemplate>> = ALL
