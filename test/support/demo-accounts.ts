/** Users of the embedded authorization server. Agatha may read and add books, Arthur may only read. */
export const AGATHA = { login: 'agatha@example.com', password: 'roger-ackroyd' }
export const ARTHUR = { login: 'arthur@example.com', password: 'baskerville-hall' }
