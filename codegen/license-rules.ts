/** Licences that others' work may have here, and what they ask for. Another one is a decision: it gets a row, or the package goes. */
const ALLOWED: Readonly<Record<string, string>> = {
  MIT: 'its notice goes along',
  ISC: 'as MIT',
  '0BSD': 'asks for nothing',
  'BSD-2-Clause': 'its notice goes along',
  'BSD-3-Clause': 'its notice goes along, and its authors’ names advertise nothing',
  'Apache-2.0': 'its notice goes along; gives its patents',
  'BlueOak-1.0.0': 'as MIT, in plainer words; gives its patents',
  'CC0-1.0': 'given to everybody',
  'Python-2.0': 'its notice goes along',
}

/**
 * What is wrong with a licence, as SPDX writes it: of several with OR one is enough, with AND each must do.
 * @returns undefined when nothing is
 */
export function findLicenseProblem(expression: string): string | undefined {
  const plain = expression.replace(/^\((.*)\)$/, '$1')
  const [either, both] = [plain.split(' OR '), plain.split(' AND ')]
  if (/[()]/.test(plain) || (either.length > 1 && both.length > 1))
    return `"${expression}" is too much for this check: look at it, and say here what it comes to`
  const allowed = (one: string) => Object.hasOwn(ALLOWED, one)
  const fine = both.length > 1 ? both.every(allowed) : either.some(allowed)
  return fine ? undefined : `"${expression}" is no licence that has been looked at`
}
