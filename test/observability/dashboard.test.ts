// A panel or an alert on a metric that does not exist stays silent: both files are checked against a running service.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { READ_SCOPE, type Service, sendRequest, startService } from '../support/service.ts'

const read = (file: string) => readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }

const { panels } = JSON.parse(read('grafana/dashboard.json')) as { panels: readonly Panel[] }
const panelExpressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const alerts = read('prometheus/alerts.yml')
  .split(/^ {6}- alert: /m)
  .slice(1)
const alertExpressions = alerts.map((alert) => /expr: (.*?)\n {8}for:/s.exec(alert)?.[1] ?? '')
const runbookAnchors = alerts.map((alert) => /runbook: docs\/operating\.md#([a-z-]+)$/m.exec(alert)?.[1])

let service: Service
let metricNames: Set<string>
let labelNames: Set<string>
beforeAll(async () => {
  service = await startService()
  await service.graphql('{ book(id: 1) { id } }', await service.tokenFor(READ_SCOPE))
  const { text } = await sendRequest(`${service.apiUrl}/metrics`)
  metricNames = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''))
  labelNames = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name ?? ''))
})
afterAll(() => service.close())

const findMetrics = (expressions: readonly string[]) => [
  ...new Set(expressions.flatMap((text) => text.match(/\b(?:fakebook|nodejs|process)_\w+/g) ?? [])),
]
/** Removes the suffix of a histogram's series. */
const withoutSuffix = (name: string) => name.replace(/_(?:bucket|sum|count)$/, '')
const isExported = (name: string) => metricNames.has(name) || metricNames.has(withoutSuffix(name))

test('dashboard/D1 queries only metrics that the API exports, in panels and alerts', () => {
  const inPanels = findMetrics(panelExpressions)
  expect(inPanels.length).toBeGreaterThan(20)
  expect(inPanels.filter((name) => !isExported(name))).toEqual([])
  expect(findMetrics(alertExpressions).filter((name) => !isExported(name))).toEqual([])
})

test('dashboard/D2 shows every fakebook metric in a panel', () => {
  const shown = new Set(findMetrics(panelExpressions).map(withoutSuffix))
  expect([...metricNames].filter((name) => name.startsWith('fakebook_') && !shown.has(name))).toEqual([])
})

test('dashboard/D3 uses only labels that the API exports or Prometheus adds', () => {
  // Absent here: `state`, since SQLite has no pool, and `kind`, until garbage has been collected.
  const known = new Set([...labelNames, 'state', 'kind', 'le', 'instance', 'job'])
  const expressions = [...panelExpressions, ...alertExpressions]
  const grouped = expressions
    .flatMap((text) => [...text.matchAll(/by \(([^)]*)\)/g)])
    .flatMap(([, labels = '']) => labels.split(', '))
  const matched = expressions
    .flatMap((text) => [...text.matchAll(/[{,]\s*(\w+)(?:=|!)/g)])
    .map(([, label = '']) => label)
  expect([...grouped, ...matched].filter((label) => !known.has(label))).toEqual([])
  expect(grouped.length + matched.length).toBeGreaterThan(50)
})

test('dashboard/D4 gives every alert a name, a severity, a summary and a runbook of its own', () => {
  expect(alerts.length).toBeGreaterThan(10)
  expect(runbookAnchors).not.toContain(undefined)
  expect(new Set(runbookAnchors).size).toBe(alerts.length)
  for (const alert of alerts) {
    expect(alert).toMatch(/^[A-Z][A-Za-z]+\n/)
    expect(alert).toMatch(/severity: (?:critical|warning|info) /)
    expect(alert).toMatch(/summary: (['"]).+\.\1$/m)
  }
})

test('dashboard/D5 links every alert to a heading of docs/operating.md', () => {
  const anchors = [...read('operating.md').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  expect(runbookAnchors.filter((anchor) => anchor !== undefined && !anchors.includes(anchor))).toEqual([])
})
