import type { ExecutorCase } from './executor-case.ts'

/** What fails, what is null for it, and what is told of it. */
export const NULLS: readonly ExecutorCase[] = [
  {
    id: 'X01',
    what: 'a null where none may be takes the nearest that may be null',
    asks: [
      ['{ self { ok hard } ok }'],
      ['{ ok self { must { must { hard } } } }'],
      ['{ self { all { laterHard } } ok }'],
      ['{ many { ok hard } }'],
    ],
  },
  {
    id: 'X02',
    what: 'a null that nothing may be null for takes all the data',
    asks: [['{ ok hard }'], ['{ must { laterHard } last }'], ['{ all { must { hard } } }']],
  },
  {
    id: 'X03',
    what: 'of a list an item fails, or the list',
    asks: [['{ items ok }'], ['{ loose }'], ['{ grid }'], ['{ laterItems }'], ['{ laterLoose }']],
  },
  {
    id: 'X04',
    what: 'of fields that wait one fails, and the others are answered',
    asks: [['{ later laterBad last }'], ['{ lastBad laterBad returned bad undefined }']],
  },
  {
    id: 'X05',
    what: 'what fails below a null that stands already is not told',
    asks: [
      ['{ self { lastBad laterHard } last }'],
      ['{ self { lastBad hard } ok }'],
      ['{ lastBad laterHard }'],
      ['{ lastBad hard }'],
      ['{ laterItems last }'],
    ],
  },
  {
    id: 'X06',
    what: 'errors stand in the order in which they are noticed',
    asks: [
      ['{ laterBad laterSelf { bad } }'],
      ['{ laterSelf { bad } laterBad }'],
      ['{ a: laterSelf { laterBad } b: laterSelf { bad } laterLoose }'],
      ['{ all { laterBad bad } laterSelf { laterSelf { bad } laterBad } }'],
    ],
  },
  { id: 'X07', what: 'what is no list', asks: [['{ set letters noIterator breaks }']] },
  {
    id: 'X08',
    what: 'a scalar that gives no value',
    asks: [
      ['{ none null ok }'],
      ['query ($m: Money) { money(of: $m) }', { m: { deep: [null, { of: ['text', 1.5, true] }] } }],
      ['{ money(of: [null, "none"]) }'],
    ],
  },
  { id: 'X09', what: 'promises of no standard make', asks: [['{ foreign foreignBad later }']] },
  {
    id: 'X10',
    what: 'properties and methods',
    asks: [['{ self { method getter ok } laterSelf { method } }']],
  },
  {
    id: 'X11',
    what: 'a mutation’s fields one after another, and none after one that takes all the data',
    asks: [
      ['mutation { a: slow(n: 1) b: one(n: 2) c: slow(n: 3) }'],
      ['mutation { a: slow(n: 1) fails b: slow(n: 2) }'],
      ['mutation { slowFails b: slow(n: 2) }'],
      ['mutation { one(n: 1) nested { lastBad laterHard } b: one(n: 2) }'],
      ['mutation { nested { lastBad hard later } b: slow(n: 2) }'],
    ],
  },
]
