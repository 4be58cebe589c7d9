import type { GraphQLSchema } from 'graphql'
import type { Answer, Question, Route } from '../exchange.ts'
import { readDeclaredScopes } from '../scopes/rules.ts'
import type { Verify } from '../token/verify.ts'
import { startApollo } from './apollo.ts'
import { authenticate, type Context } from './context.ts'
import type { DocumentLimits } from './document-limits.ts'
import { errorAnswer } from './errors.ts'
import { metadataRoute, metadataUrl } from './metadata.ts'
import { type AnswerCaller, restRoutes } from './rest.ts'

type Options = Omit<Context, 'caller'> & {
  readonly schema: GraphQLSchema
  readonly verify: Verify
  /** The API's public URL. */
  readonly resource: () => string
  readonly issuer: string
  readonly introspection: 'open' | 'authenticated' | 'off'
  readonly hideNames: boolean
  readonly documents: DocumentLimits
  readonly reportFault: (error: unknown) => void
}

/** Everything that the API answers, and how to stop it. Who asks is settled in front of each route, once. */
export async function startApi(options: Options): Promise<{ routes: Route[]; stop(): Promise<void> }> {
  const { schema, verify, resource, issuer, books, now, limits } = options
  const metadata = () => metadataUrl(resource())
  const apollo = await startApollo({ ...options, metadataUrl: metadata })

  const guarded = (answer: AnswerCaller) =>
    async function answerGuarded(question: Question): Promise<Answer> {
      try {
        return await answer(question, await authenticate(verify, question))
      } catch (error) {
        return errorAnswer(error, metadata(), question.report)
      }
    }
  const graphql: AnswerCaller = (question, caller) => apollo.run(question, { caller, books, now, limits })
  const routes: Route[] = [
    { method: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'], url: '/graphql', answer: guarded(graphql) },
    ...restRoutes(graphql).map((route) => ({ ...route, answer: guarded(route.answer) })),
    metadataRoute(resource, issuer, readDeclaredScopes(schema)),
  ]
  return { routes, stop: apollo.stop }
}
