import { CONDITION_DECISIONS } from './conditions.ts'
import { FIELD_DECISIONS } from './fields.ts'
import { INPUT_DECISIONS } from './inputs.ts'
import { TYPE_DECISIONS } from './types.ts'

export const DECISIONS = [...FIELD_DECISIONS, ...TYPE_DECISIONS, ...CONDITION_DECISIONS, ...INPUT_DECISIONS]
