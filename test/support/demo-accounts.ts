/** The people whom the embedded issuer knows: one may do everything, one may not write. */
export const AGATHA = { login: 'agatha@example.com', password: 'roger-ackroyd' }
export const ARTHUR = { login: 'arthur@example.com', password: 'baskerville-hall' }
