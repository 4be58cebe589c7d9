import type { Authenticate, Authenticated } from '../auth/authenticate.ts'
import { badRequest, limitExceeded, Refusal } from '../errors/api-error.ts'
import { errorAnswer } from '../graphql/format-error.ts'
import { aboutCaller, collected } from '../graphql/operation-info.ts'
import type { About, Answer, Question } from '../lib/http-messages.ts'
import type { RateLimit } from '../lib/rate-limit.ts'
import type { AnswerCaller } from './rest.ts'

type Parts = {
  readonly authenticate: Authenticate
  /** Counts the requests of a client; undefined: as many as come. */
  readonly limitClient: RateLimit | undefined
  readonly metadata: () => string
}
type Headers = Readonly<Record<string, string>>

/** Stands in front of each route: settles who asks, once, and whether that client may ask once more. */
export function createGuard({ authenticate, limitClient, metadata }: Parts) {
  return (answer: AnswerCaller) =>
    async function answerGuarded(question: Question): Promise<Answer> {
      const { about, tell } = collected()
      let who: Authenticated = { caller: undefined }
      let counted: Headers | undefined
      try {
        who = await authenticate(question)
        if (who.caller) {
          tell(aboutCaller(who.caller))
          const taken = limitClient && (await limitClient(who.caller.client))
          counted = taken?.headers
          if (taken?.allowed === false)
            throw limitExceeded(
              `Too many requests of this client. Try again in ${taken.resetSeconds} s.`,
              taken.resetSeconds,
            )
        }
        if (question.form !== undefined) throw badRequest('Send application/json.', 415)
        return finished(await answer(question, who.caller, tell), who, counted, about)
      } catch (error) {
        tell(aboutError(error))
        return finished(errorAnswer(error, metadata(), question.report), who, counted, about)
      }
    }
}

/** RFC 9449 §8.2: a nonce that is about to end is followed by the next with any answer. */
function finished(
  { status, headers, body }: Answer,
  { dpopNonce }: Authenticated,
  counted: Headers | undefined,
  about: About,
): Answer {
  if (dpopNonce === undefined && !counted) return { status, headers, body, about }
  const nonce = dpopNonce !== undefined && { 'dpop-nonce': dpopNonce }
  return { status, headers: { ...headers, ...nonce, ...counted }, body, about }
}

function aboutError(error: unknown): About {
  if (!(error instanceof Refusal)) return { code: 'INTERNAL_SERVER_ERROR' }
  const { code, reason } = error.details
  return { code, ...(reason !== undefined && { reason }) }
}
