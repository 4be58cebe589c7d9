// A panel or an alert over a name that nobody serves is silent for ever: the files are held against a real service.

import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

const inDocs = (file: string) => new URL(`../../docs/${file}`, import.meta.url)
const read = (file: string) => readFileSync(inDocs(file), 'utf8')

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }

const panels = (JSON.parse(read('grafana/dashboard.json')) as { panels: Panel[] }).panels
const dashboard = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const alerts = read('prometheus/alerts.yml')
  .split(/^ {6}- alert: /m)
  .slice(1)
const expressions = alerts.map((alert) => /expr: (.*?)\n {8}for:/s.exec(alert)?.[1] ?? '')

let service: Service
/** Names that are served, and labels. */
let names: Set<string>
let labels: Set<string>
beforeAll(async () => {
  service = await startService()
  await service.graphql('{ book(id: 1) { id } }', await service.tokenFor(READ_SCOPE))
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''))
  labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name ?? ''))
})
afterAll(() => service.close())

const namesIn = (texts: readonly string[]) => [
  ...new Set(texts.flatMap((text) => text.match(/\b(?:fakebook|nodejs|process)_\w+/g) ?? [])),
]
/** A histogram has its parts' names. */
const isServed = (name: string) => names.has(name) || names.has(name.replace(/_(?:bucket|sum|count)$/, ''))

test('D1 every name in the dashboard and in the alerts is served', () => {
  expect(namesIn(dashboard).length).toBeGreaterThan(20)
  expect(namesIn(dashboard).filter((name) => !isServed(name))).toEqual([])
  expect(namesIn(expressions).filter((name) => !isServed(name))).toEqual([])
})

test('D2 every number of ours is in the dashboard', () => {
  const shown = new Set(namesIn(dashboard).map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))
  expect([...names].filter((name) => name.startsWith('fakebook_') && !shown.has(name))).toEqual([])
})

test('D3 every label that is asked for is served, or Prometheus’ own', () => {
  // SQLite has no connections, and so no state of any; a process that has collected no garbage has no kind of it.
  const known = new Set([...labels, 'state', 'kind', 'le', 'instance', 'job'])
  const all = [...dashboard, ...expressions]
  const grouped = all
    .flatMap((text) => [...text.matchAll(/by \(([^)]*)\)/g)])
    .flatMap(([, by = '']) => by.split(', '))
  const matched = all
    .flatMap((text) => [...text.matchAll(/[{,]\s*(\w+)(?:=|!)/g)])
    .map(([, name = '']) => name)
  expect([...grouped, ...matched].filter((name) => !known.has(name))).toEqual([])
  expect(grouped.length + matched.length).toBeGreaterThan(50)
})

test('D4 every alert has a name, how bad it is, a sentence and a heading of its own in the runbook', () => {
  const anchors = alerts.map((alert) => /runbook: docs\/operating\.md#([a-z-]+)$/m.exec(alert)?.[1] ?? alert)
  expect(new Set(anchors).size).toBe(alerts.length)
  expect(alerts.length).toBeGreaterThan(10)
  for (const alert of alerts) {
    expect(alert).toMatch(/^[A-Z][A-Za-z]+\n/)
    expect(alert).toMatch(/severity: (?:critical|warning|info) /)
    expect(alert).toMatch(/summary: (['"]).+\.\1$/m)
  }
})

const RUNBOOK = 'operating.md'
if (existsSync(inDocs(RUNBOOK)))
  test('D5 each of these headings is there', () => {
    const headings = [...read(RUNBOOK).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    )
    const anchors = alerts.map((alert) => /#([a-z-]+)$/m.exec(alert)?.[1] ?? '')
    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([])
  })
