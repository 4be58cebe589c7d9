import type { ExecutorCase } from './executor-case.ts'

/** What fails, what is null for it, and what is told of it. */
export const NULL_CASES: readonly ExecutorCase[] = [
  {
    id: 'X01',
    title: 'a null where none may be takes the nearest that may be null',
    operations: [
      ['{ self { ok hard } ok }'],
      ['{ ok self { must { must { hard } } } }'],
      ['{ self { all { laterHard } } ok }'],
      ['{ many { ok hard } }'],
    ],
  },
  {
    id: 'X02',
    title: 'a null that nothing may be null for takes all the data',
    operations: [['{ ok hard }'], ['{ must { laterHard } last }'], ['{ all { must { hard } } }']],
  },
  {
    id: 'X03',
    title: 'of a list an item fails, or the list',
    operations: [['{ items ok }'], ['{ loose }'], ['{ grid }'], ['{ laterItems }'], ['{ laterLoose }']],
  },
  {
    id: 'X04',
    title: 'of fields that wait one fails, and the others are answered',
    operations: [['{ later laterBad last }'], ['{ lastBad laterBad returned bad undefined }']],
  },
  {
    id: 'X05',
    title: 'what fails below a null that stands already is not told',
    operations: [
      ['{ self { lastBad laterHard } last }'],
      ['{ self { lastBad hard } ok }'],
      ['{ lastBad laterHard }'],
      ['{ lastBad hard }'],
      ['{ laterItems last }'],
    ],
  },
  {
    id: 'X06',
    title: 'errors stand in the order in which they are noticed',
    operations: [
      ['{ laterBad laterSelf { bad } }'],
      ['{ laterSelf { bad } laterBad }'],
      ['{ a: laterSelf { laterBad } b: laterSelf { bad } laterLoose }'],
      ['{ all { laterBad bad } laterSelf { laterSelf { bad } laterBad } }'],
    ],
  },
  { id: 'X07', title: 'what is no list', operations: [['{ set letters noIterator breaks }']] },
  {
    id: 'X08',
    title: 'a scalar that gives no value',
    operations: [
      ['{ none null ok }'],
      ['query ($m: Money) { money(of: $m) }', { m: { deep: [null, { of: ['text', 1.5, true] }] } }],
      ['{ money(of: [null, "none"]) }'],
    ],
  },
  { id: 'X09', title: 'promises of no standard make', operations: [['{ foreign foreignBad later }']] },
  {
    id: 'X10',
    title: 'properties and methods',
    operations: [['{ self { method getter ok } laterSelf { method } }']],
  },
  {
    id: 'X11',
    title: 'a mutation’s fields one after another, and none after one that takes all the data',
    operations: [
      ['mutation { a: slow(n: 1) b: one(n: 2) c: slow(n: 3) }'],
      ['mutation { a: slow(n: 1) fails b: slow(n: 2) }'],
      ['mutation { slowFails b: slow(n: 2) }'],
      ['mutation { one(n: 1) nested { lastBad laterHard } b: one(n: 2) }'],
      ['mutation { nested { lastBad hard later } b: slow(n: 2) }'],
    ],
  },
]
