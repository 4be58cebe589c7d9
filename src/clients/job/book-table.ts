import measureWidth from 'fast-string-truncated-width'
import type { ListedBook, RowFormatter } from './book-file.ts'
import { stripControlCharacters } from './encoding.ts'

const DEFAULT_WIDTH = 80
const ID_WIDTH = 5
/** As wide as the API's largest cost, 1000000.00. */
const COST_WIDTH = 10
const PAGES_WIDTH = 6
const GAP = '  '
const TITLE_SHARE = 0.6

/**
 * Creates a formatter of books as a table for people. Control characters are replaced.
 * @param terminalWidth columns of the terminal, to which titles and authors are cut; undefined cuts nothing
 */
export function createTableFormatter(terminalWidth: number | undefined): RowFormatter<ListedBook> {
  const fixedWidth = ID_WIDTH + COST_WIDTH + PAGES_WIDTH + 4 * GAP.length
  const textWidth = (terminalWidth ?? DEFAULT_WIDTH) - fixedWidth
  const titleWidth = Math.round(textWidth * TITLE_SHARE)
  const authorWidth = textWidth - titleWidth
  const format = terminalWidth === undefined ? padToWidth : cutToWidth

  function formatLine(...values: readonly unknown[]): string {
    const [id = '', title = '', author = '', cost = '', pages = ''] = values.map(stripControlCharacters)
    // Id and title are one cell, so that a long id takes its space from the title.
    const book = format(`${id.padStart(ID_WIDTH)}${GAP}${title}`, ID_WIDTH + GAP.length + titleWidth)
    const numbers = `${cost.padStart(COST_WIDTH)}${GAP}${pages.padStart(PAGES_WIDTH)}`
    return `${book}${GAP}${format(author, authorWidth)}${GAP}${numbers}\n`
  }
  return {
    header: formatLine('ID', 'TITLE', 'AUTHOR', 'COST', 'PAGES'),
    formatRow: ({ id, title, author, cost, numPages }) =>
      formatLine(id, title, author, cost.toFixed(2), numPages),
  }
}

/** Cuts or pads a text to a number of columns. Wide characters, such as Chinese ones, have two. */
function cutToWidth(text: string, width: number): string {
  const { index, ellipsed } = measureWidth(text, { limit: width, ellipsis: '…' })
  return padToWidth(ellipsed ? `${text.slice(0, index)}…` : text.slice(0, index), width)
}

const padToWidth = (text: string, width: number) =>
  text + ' '.repeat(Math.max(0, width - measureWidth(text).width))
