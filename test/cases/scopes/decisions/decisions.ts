import { CONDITIONS } from './conditions.ts'
import { FIELDS } from './fields.ts'
import { INPUTS } from './inputs.ts'
import { TYPES } from './types.ts'

export const DECISIONS = [...FIELDS, ...TYPES, ...CONDITIONS, ...INPUTS]
