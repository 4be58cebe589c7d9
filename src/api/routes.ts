import type { GraphQLSchema } from 'graphql'
import type { Around } from '../around.ts'
import type { About, Answer, Question, Route } from '../exchange.ts'
import { badRequest, Refusal } from '../refusal.ts'
import { lintedRules } from '../scopes/lint.ts'
import { readDeclaredScopes } from '../scopes/rules.ts'
import type { Authenticate, Authenticated } from '../token/authenticate.ts'
import { aboutCaller, collected } from './about.ts'
import { startApollo } from './apollo.ts'
import { closedLists } from './closed-lists.ts'
import type { Context } from './context.ts'
import type { DocumentLimits } from './document-limits.ts'
import { errorAnswer } from './errors.ts'
import { type Ide, idePage, rulesRoute, wantsIde } from './ide.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { metadataRoutes, metadataUrl } from './metadata.ts'
import { type AnswerCaller, restRoutes, STORED_DOCUMENTS } from './rest.ts'
import type { TrustedDocuments } from './trusted-documents.ts'

type Options = Omit<Context, 'caller' | 'idempotencyKey' | 'tell'> & {
  readonly schema: GraphQLSchema
  readonly authenticate: Authenticate
  /** The API's public URL. */
  readonly resource: () => string
  readonly issuer: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  readonly hideNames: boolean
  readonly documents: DocumentLimits
  readonly trusted: TrustedDocuments
  readonly ide: Ide
  readonly reportFault: (error: unknown) => void
  /** Put around steps of the pipeline; nothing if left out. */
  readonly around?: Around
}

type Api = {
  readonly routes: readonly Route[]
  readonly lists: ReturnType<typeof closedLists>
  stop(): Promise<void>
}

/**
 * Everything that the API answers, what can be told of it, and how to stop it. Who asks is settled in front of each route, once.
 * @throws SchemaFaults when a field has no rule, or a rule makes no sense
 */
export async function startApi(options: Options): Promise<Api> {
  const { schema, authenticate, resource, issuer, books, now, limits, idempotencyMs } = options
  const metadata = () => metadataUrl(resource())
  const rules = lintedRules(schema)
  const declared = readDeclaredScopes(schema)
  const page = idePage({ ...options, declared })
  const texts = [...options.trusted.texts, ...STORED_DOCUMENTS]
  const trusted = { ...options.trusted, texts }
  const apollo = await startApollo({ ...options, trusted, rules, declared, metadataUrl: metadata })

  const guarded = (answer: AnswerCaller) =>
    async function answerGuarded(question: Question): Promise<Answer> {
      const { about, tell } = collected()
      let who: Authenticated = { caller: undefined }
      try {
        who = await authenticate(question)
        if (who.caller) tell(aboutCaller(who.caller))
        if (question.form !== undefined) throw badRequest('Send application/json.', 415)
        return finished(await answer(question, who.caller, tell), who, about())
      } catch (error) {
        tell(aboutError(error))
        return finished(errorAnswer(error, metadata(), question.report), who, about())
      }
    }
  const graphql: AnswerCaller = async (question, caller, tell) => {
    const idempotencyKey = readIdempotencyKey(question.headers['idempotency-key'])
    return apollo.run(question, { caller, books, now, limits, idempotencyKey, idempotencyMs, tell })
  }
  const answerGraphQL = guarded(graphql)
  const routes: Route[] = [
    {
      method: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
      url: '/graphql',
      answer: async (question) => (wantsIde(question) ? page : answerGraphQL(question)),
    },
    ...[...restRoutes(graphql), rulesRoute(rules, options.introspection)].map((route) => ({
      ...route,
      answer: guarded(route.answer),
    })),
    ...metadataRoutes(resource, issuer, declared),
  ]
  return { routes, lists: closedLists(schema, rules), stop: apollo.stop }
}

/** RFC 9449 §8.2: a nonce that is about to end is followed by the next with any answer. */
function finished(answer: Answer, { dpopNonce }: Authenticated, about: About): Answer {
  const headers = dpopNonce === undefined ? answer.headers : { ...answer.headers, 'dpop-nonce': dpopNonce }
  return { ...answer, headers, about }
}

function aboutError(error: unknown): About {
  if (!(error instanceof Refusal)) return { code: 'INTERNAL_SERVER_ERROR' }
  const { code, reason } = error.details
  return { code, ...(reason !== undefined && { reason }) }
}
