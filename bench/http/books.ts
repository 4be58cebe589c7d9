/** What a book is for a client of ours, and for one of a peer. */
export interface Book extends BookInput {
  readonly id: string
}

/** What it takes to add one. Cost is in dollars, exact to the cent. */
export interface BookInput {
  readonly title: string
  readonly author: string
  readonly cost: number
  readonly numPages: number
}

/** What every server has from its start: the books that ours begins with. */
export const firstBooks: readonly Book[] = [
  book('1', 'And Then There Were None', 'Agatha Christie', 7.99, 300),
  book('2', 'The Hound of the Baskervilles', 'Arthur Conan Doyle', 6.49, 256),
  book('3', 'Pride and Prejudice', 'Jane Austen', 5.99, 432),
  book('4', 'The Murder of Roger Ackroyd', 'Agatha Christie', 8.5, 288),
  book('5', 'The Moonstone', 'Wilkie Collins', 9.25, 528),
]

/** Returns the book that a server is given where a row wants many. */
export function volume(number: number | string): BookInput {
  return { title: `Volume ${number}`, author: 'Wilkie Collins', cost: 9.99, numPages: 528 }
}

function book(id: string, title: string, author: string, cost: number, numPages: number): Book {
  return { id, title, author, cost, numPages }
}
