export interface BookInput {
  readonly title: string
  readonly author: string
  /** Dollars. */
  readonly cost: number
  readonly numPages: number
}

export interface Book extends BookInput {
  readonly id: string
}

/** The books that every server starts with. */
export const FIRST_BOOKS = [
  { id: '1', title: 'And Then There Were None', author: 'Agatha Christie', cost: 7.99, numPages: 300 },
  {
    id: '2',
    title: 'The Hound of the Baskervilles',
    author: 'Arthur Conan Doyle',
    cost: 6.49,
    numPages: 256,
  },
  { id: '3', title: 'Pride and Prejudice', author: 'Jane Austen', cost: 5.99, numPages: 432 },
  { id: '4', title: 'The Murder of Roger Ackroyd', author: 'Agatha Christie', cost: 8.5, numPages: 288 },
  { id: '5', title: 'The Moonstone', author: 'Wilkie Collins', cost: 9.25, numPages: 528 },
] as const satisfies readonly Book[]

/** Returns the book that a row adds with a number. */
export function exampleBook(number: number | string): BookInput {
  return { title: `Volume ${number}`, author: 'Wilkie Collins', cost: 9.99, numPages: 528 }
}
