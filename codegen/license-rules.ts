/** Accepted licenses, with their main condition. To use a package under another license, add a row after reading it. */
const ALLOWED: Readonly<Record<string, string>> = {
  MIT: 'the notice must be included',
  ISC: 'as MIT',
  '0BSD': 'no conditions',
  'BSD-2-Clause': 'the notice must be included',
  'BSD-3-Clause': 'the notice must be included; the authors’ names must not be used for advertising',
  'Apache-2.0': 'the notice must be included; grants patent rights',
  'BlueOak-1.0.0': 'as MIT; grants patent rights',
  'CC0-1.0': 'public domain',
  'Python-2.0': 'the notice must be included',
}

/**
 * Checks an SPDX license expression: one license of an OR must be allowed, and every license of an AND.
 * @returns a message, or undefined if the license is allowed
 */
export function findLicenseProblem(expression: string): string | undefined {
  const plain = expression.replace(/^\((.*)\)$/, '$1')
  const [alternatives, conjuncts] = [plain.split(' OR '), plain.split(' AND ')]
  if (/[()]/.test(plain) || (alternatives.length > 1 && conjuncts.length > 1))
    return `"${expression}" is too complex for this check: read it, and handle it in license-rules.ts`
  const isAllowed = (license: string) => Object.hasOwn(ALLOWED, license)
  const passes = conjuncts.length > 1 ? conjuncts.every(isAllowed) : alternatives.some(isAllowed)
  return passes ? undefined : `"${expression}" is not an allowed license (codegen/license-rules.ts)`
}
