import type { ExecutorCase } from './executor-case.ts'

/** Errors, nulls and the completion of values. */
export const NULL_CASES: readonly ExecutorCase[] = [
  {
    id: 'executor/X01',
    title: 'a null in a non-null field, which makes the nearest nullable parent null',
    operations: [
      { source: '{ self { ok hard } ok }' },
      { source: '{ ok self { must { must { hard } } } }' },
      { source: '{ self { all { laterHard } } ok }' },
      { source: '{ many { ok hard } }' },
    ],
  },
  {
    id: 'executor/X02',
    title: 'a null without a nullable parent, which makes all data null',
    operations: [
      { source: '{ ok hard }' },
      { source: '{ must { laterHard } last }' },
      { source: '{ all { must { hard } } }' },
    ],
  },
  {
    id: 'executor/X03',
    title: 'failing lists and list items',
    operations: [
      { source: '{ items ok }' },
      { source: '{ loose }' },
      { source: '{ grid }' },
      { source: '{ laterItems }' },
      { source: '{ laterLoose }' },
    ],
  },
  {
    id: 'executor/X04',
    title: 'a failing field among asynchronous ones',
    operations: [
      { source: '{ later laterBad last }' },
      { source: '{ lastBad laterBad returned bad undefined }' },
    ],
  },
  {
    id: 'executor/X05',
    title: 'errors below a value that is already null',
    operations: [
      { source: '{ self { lastBad laterHard } last }' },
      { source: '{ self { lastBad hard } ok }' },
      { source: '{ lastBad laterHard }' },
      { source: '{ lastBad hard }' },
      { source: '{ laterItems last }' },
    ],
  },
  {
    id: 'executor/X06',
    title: 'errors in the order in which they occur',
    operations: [
      { source: '{ laterBad laterSelf { bad } }' },
      { source: '{ laterSelf { bad } laterBad }' },
      { source: '{ a: laterSelf { laterBad } b: laterSelf { bad } laterLoose }' },
      { source: '{ all { laterBad bad } laterSelf { laterSelf { bad } laterBad } }' },
    ],
  },
  {
    id: 'executor/X07',
    title: 'values that are not lists',
    operations: [{ source: '{ set letters noIterator breaks }' }],
  },
  {
    id: 'executor/X08',
    title: 'scalars that serialize to nothing',
    operations: [
      { source: '{ none null ok }' },
      {
        source: 'query ($m: Money) { money(of: $m) }',
        variables: { m: { deep: [null, { of: ['text', 1.5, true] }] } },
      },
      { source: '{ money(of: [null, "none"]) }' },
    ],
  },
  {
    id: 'executor/X15',
    title: 'scalars that serialize to a promise',
    operations: [
      { source: '{ self { laterMoney rejectedMoney } laterSelf { laterMoney rejectedMoney } ok }' },
      { source: '{ self { rejectedMoneyHard laterMoney } ok }' },
    ],
  },
  {
    id: 'executor/X09',
    title: 'thenables that are not promises',
    operations: [{ source: '{ foreign foreignBad later }' }],
  },
  {
    id: 'executor/X16',
    title: 'a thenable whose method returns nothing',
    operations: [{ source: '{ voidThenable self { voidThenable ok } later }' }],
  },
  {
    id: 'executor/X13',
    title: 'an async iterable',
    operations: [{ source: '{ readAsync ok }' }],
  },
  {
    id: 'executor/X14',
    title: 'a thenable after the item that fails a list',
    operations: [{ source: '{ skippedThenable ok }' }],
  },
  {
    id: 'executor/X10',
    title: 'properties and methods of the source object',
    operations: [{ source: '{ self { method getter ok } laterSelf { method } }' }],
  },
  {
    id: 'executor/X11',
    title: 'mutation fields one after another, until all data is null',
    operations: [
      { source: 'mutation { a: slow(n: 1) b: one(n: 2) c: slow(n: 3) }' },
      { source: 'mutation { a: slow(n: 1) fails b: slow(n: 2) }' },
      { source: 'mutation { slowFails b: slow(n: 2) }' },
      { source: 'mutation { one(n: 1) nested { lastBad laterHard } b: one(n: 2) }' },
      { source: 'mutation { nested { lastBad hard later } b: slow(n: 2) }' },
    ],
  },
]
