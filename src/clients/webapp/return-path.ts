/** The pages that a sign-in may come back to, and what a search on them may hold: nothing else is an address here. */
const PAGES = /^\/(?:books(?:\?[\w%&=.~+*-]{0,2000})?|books\/new|books\/\d{1,16}|profile)$/

/**
 * Where to go after a sign-in.
 * @param requested what the request said; whatever is not a page of ours counts as none
 * @returns a path with its query, never an address elsewhere
 */
export const sanitizeReturnPath = (requested: unknown): string =>
  typeof requested === 'string' && PAGES.test(requested) ? requested : '/books'
