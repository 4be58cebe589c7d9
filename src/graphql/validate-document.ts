import {
  type ASTNode,
  type ASTVisitFn,
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  getEnterLeaveForKind,
  Kind,
  type ValidationRule,
  validate,
} from 'graphql'

const KINDS = Object.values(Kind)

/** The visitor of one rule, and the node below which it visits none; BREAK: none at all. */
type RuleState = { readonly visitor: ASTVisitor; skipped: ASTNode | typeof BREAK | undefined }
type VisitNode = ASTVisitFn<ASTNode>
type Handlers = { readonly state: RuleState } & ReturnType<typeof getEnterLeaveForKind>

/**
 * Creates a function that returns true if a document is valid by all of the rules. It stops at the first error: Apollo
 * Server validates documents that are not valid again, and reports their errors.
 */
export function createIsValid(schema: GraphQLSchema, rules: readonly ValidationRule[]) {
  const combined = [combineRules(rules)]
  // The error that is over the limit stops the validation.
  const options = { maxErrors: 0, hideSuggestions: true }
  return (document: DocumentNode): boolean => validate(schema, document, combined, options).length === 0
}

/**
 * Combines rules into one that reports the same errors in the same order. graphql-js looks up the handlers of every rule
 * for every kind of node, at half the cost of the validation of a short document; this only reads those that a rule has.
 */
export const combineRules =
  (rules: readonly ValidationRule[]): ValidationRule =>
  (context) => {
    const handlers = new Map<Kind, Handlers[]>()
    for (const rule of rules) {
      const visitor = rule(context)
      const state: RuleState = { visitor, skipped: undefined }
      const kinds = 'enter' in visitor || 'leave' in visitor ? KINDS : (Object.keys(visitor) as Kind[])
      for (const kind of kinds) {
        const ofKind = handlers.get(kind) ?? []
        ofKind.push({ state, ...getEnterLeaveForKind(visitor, kind) })
        handlers.set(kind, ofKind)
      }
    }
    return Object.fromEntries(Array.from(handlers, ([kind, ofKind]) => [kind, combineHandlers(ofKind)]))
  }

/** Combines the handlers of one kind of node as graphql-js' `visitInParallel` does. Rules do not edit. */
const combineHandlers = (handlers: readonly Handlers[]): { enter: VisitNode; leave: VisitNode } => ({
  enter(node, key, parent, path, ancestors) {
    for (const { state, enter } of handlers) {
      if (state.skipped !== undefined || !enter) continue
      const result = enter.call(state.visitor, node, key, parent, path, ancestors)
      if (result === false) state.skipped = node
      else if (result === BREAK) state.skipped = BREAK
    }
  },
  leave(node, key, parent, path, ancestors) {
    for (const { state, leave } of handlers) {
      if (state.skipped === node) state.skipped = undefined
      else if (state.skipped === undefined && leave) {
        const result = leave.call(state.visitor, node, key, parent, path, ancestors)
        if (result === BREAK) state.skipped = BREAK
      }
    }
  },
})
