import { type Ask, createAsk, dataOf } from './client.ts'
import { inputAt } from './books.ts'

const BATCH = 500
const IN_FLIGHT = 4
export const ADD = 'mutation ($inputs: [AddBookInput!]!) { addBooks(inputs: $inputs) { id } }'

/** Sends books as the job does: in batches, some at the same time, each book under its key. */
export async function sendBooks(
  url: string,
  token: string,
  count: number,
  progress: (sent: number) => void,
): Promise<void> {
  const ask = createAsk(url, token, IN_FLIGHT)
  let next = 0
  const sendInTurn = async () => {
    while (next < count) {
      const first = next
      next = Math.min(count, first + BATCH)
      await send(ask, first, next)
      progress(next)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendInTurn))
}

async function send(ask: Ask, from: number, to: number): Promise<void> {
  const inputs = Array.from({ length: to - from }, (_, index) => inputAt(from + index))
  dataOf(await ask(ADD, { inputs }))
}
