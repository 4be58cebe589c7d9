import { AddBookDocument, BookPageDocument, OneBookDocument } from '../../generated/webapp/graphql.ts'
import { getRequiredScopes } from '../typed-document.ts'

/** What the pages that only show something ask of a token; the schema says so, by way of the documents. */
export const READ_SCOPES = [...new Set([BookPageDocument, OneBookDocument].flatMap(getRequiredScopes))]

/** What adding a book was known to ask when the document was generated; the API has the last word. */
export const ADD_BOOK_SCOPES = getRequiredScopes(AddBookDocument)
