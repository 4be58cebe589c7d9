import {
  type ASTNode,
  type ASTVisitFn,
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getEnterLeaveForKind,
  type Kind,
  TypeInfo,
  ValidationContext,
  type ValidationRule,
} from 'graphql'

const TOO_MANY_ERRORS = 'Too many validation errors, error limit reached. Validation aborted.'

/** A rule that visits a document. */
type RuleState = {
  readonly visitor: ASTVisitor
  /** The node whose children the rule does not visit; BREAK: it visits no more nodes. */
  skipped: ASTNode | typeof BREAK | undefined
}
type VisitNode = ASTVisitFn<ASTNode>
/** The functions of a rule for nodes of one kind. */
type Handlers = {
  readonly state: RuleState
  readonly enter: VisitNode | undefined
  readonly leave: VisitNode | undefined
}

type ValidationOptions = {
  readonly maxErrors: number
  /** Leaves out "Did you mean". */
  readonly hideSuggestions: boolean
}

/**
 * Validates a document and returns the same errors as graphql-js' `validate`, which looks up the handlers of every rule for
 * every kind of node: half the cost of validating a short document. Here they are looked up for the kinds that occur.
 * Not checked: that the schema is valid.
 */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  { maxErrors, hideSuggestions }: ValidationOptions,
): readonly GraphQLError[] {
  const errors: GraphQLError[] = []
  const onError = (error: GraphQLError) => {
    if (errors.length >= maxErrors) throw new GraphQLError(TOO_MANY_ERRORS)
    errors.push(error)
  }
  const typeInfo = new TypeInfo(schema)
  const context = new ValidationContext(schema, document, typeInfo, onError, hideSuggestions)
  try {
    visitByRules(document, context, typeInfo, rules)
  } catch (error) {
    // `onError` aborted the validation.
    if (!(error instanceof GraphQLError)) throw error
    errors.push(error)
  }
  return errors
}

function visitByRules(
  document: DocumentNode,
  context: ValidationContext,
  typeInfo: TypeInfo,
  rules: readonly ValidationRule[],
): void {
  const states = rules.map((rule): RuleState => ({ visitor: rule(context), skipped: undefined }))
  const handlersByKind = new Map<Kind, readonly Handlers[]>()
  const path: (string | number)[] = []
  const ancestors: (ASTNode | readonly ASTNode[])[] = []

  function visitNode(node: ASTNode, key?: string | number, parent?: ASTNode | readonly ASTNode[]): void {
    const handlers = handlersByKind.get(node.kind) ?? findHandlers(states, node.kind)
    handlersByKind.set(node.kind, handlers)
    typeInfo.enter(node)
    for (const { state, enter } of handlers) {
      if (state.skipped !== undefined || !enter) continue
      const result = enter.call(state.visitor, node, key, parent, path, ancestors)
      if (result === false) state.skipped = node
      else if (result === BREAK) state.skipped = BREAK
    }
    if (parent) ancestors.push(parent)
    visitChildren(node)
    if (parent) ancestors.pop()
    for (const { state, leave } of handlers) {
      if (state.skipped === node) state.skipped = undefined
      else if (state.skipped === undefined && leave) {
        const result = leave.call(state.visitor, node, key, parent, path, ancestors)
        if (result === BREAK) state.skipped = BREAK
      }
    }
    typeInfo.leave(node)
  }

  /** Visits the children of a node in the order of the parser, which is the one of graphql-js' `visit`. */
  function visitChildren(node: ASTNode): void {
    for (const key in node) {
      const child = node[key as keyof ASTNode] as unknown as ASTNode | ASTNode[] | string | undefined
      if (typeof child !== 'object' || key === 'loc' || key === 'description') continue
      path.push(key)
      if (!Array.isArray(child)) visitNode(child, key, node)
      else {
        ancestors.push(node)
        for (let index = 0; index < child.length; index++) {
          path.push(index)
          visitNode(child[index] as ASTNode, index, child)
          path.pop()
        }
        ancestors.pop()
      }
      path.pop()
    }
  }

  visitNode(document)
}

function findHandlers(states: readonly RuleState[], kind: Kind): readonly Handlers[] {
  const found: Handlers[] = []
  for (const state of states) {
    const { enter, leave } = getEnterLeaveForKind(state.visitor, kind)
    if (enter || leave) found.push({ state, enter, leave })
  }
  return found
}
