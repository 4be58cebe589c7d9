// What is shipped for Kubernetes, held against rules and against the server itself.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SETTINGS } from '../../src/config/settings.ts'
import { instructions } from '../support/deploy/containerfile.ts'
import { config, drain, objects, of, ofKind, pod } from '../support/deploy/manifests.ts'
import { type Service, send, startService } from '../support/service.ts'

const image = (name: string) => instructions().find((one) => one.name === name)?.text ?? ''
const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe']
const LABELS = { 'app.kubernetes.io/name': 'fakebook-api' }

/** What must hold, and how it looks where it does. The numbers are permanent. */
const RULES: readonly (readonly [id: string, what: string, found: () => unknown, right: unknown])[] = [
  [
    'D60',
    'the pod is as "restricted" wants it',
    () => [
      pod.at('securityContext', 'runAsNonRoot').value,
      pod.at('securityContext', 'seccompProfile', 'type').value,
      of('securityContext', 'allowPrivilegeEscalation').value,
      of('securityContext', 'capabilities', 'drop').value,
      of('securityContext', 'readOnlyRootFilesystem').value,
    ],
    [true, 'RuntimeDefault', false, ['ALL'], true],
  ],
  [
    'D61',
    'its user is the image’s',
    () => `${pod.at('securityContext', 'runAsUser').text}:${pod.at('securityContext', 'runAsGroup').text}`,
    image('USER'),
  ],
  ['D62', 'it has no key to the cluster', () => pod.at('automountServiceAccountToken').value, false],
  [
    'D63',
    'its port is the image’s',
    () => [
      of('ports').list.map((port) => port.at('containerPort').text),
      ofKind('Service')
        .at('spec', 'ports')
        .list.map((port) => port.at('port').text),
    ],
    [[image('EXPOSE')], [image('EXPOSE')]],
  ],
  [
    'D64',
    'it asks for memory and processor, and its memory ends somewhere',
    () => [...of('resources', 'requests').keys, ...of('resources', 'limits').keys],
    ['cpu', 'memory', 'memory'],
  ],
  [
    'D65',
    'what is killed has had time to drain',
    () => drain(config) < pod.at('terminationGracePeriodSeconds').number,
    true,
  ],
  [
    'D66',
    'all that select pods select these',
    () =>
      [
        ofKind('Deployment').at('spec', 'selector', 'matchLabels'),
        ofKind('Service').at('spec', 'selector'),
        ofKind('PodDisruptionBudget').at('spec', 'selector', 'matchLabels'),
        ofKind('NetworkPolicy').at('spec', 'podSelector', 'matchLabels'),
        ofKind('Deployment').at('spec', 'template', 'metadata', 'labels'),
      ].map(({ value }) => value),
    Array(5).fill(LABELS),
  ],
  [
    'D67',
    'one copy may be away, and another is there',
    () => [
      ofKind('PodDisruptionBudget').at('spec', 'maxUnavailable').value,
      ofKind('HorizontalPodAutoscaler').at('spec', 'minReplicas').value,
      ofKind('Deployment').at('spec', 'strategy', 'rollingUpdate', 'maxUnavailable').value,
    ],
    [1, 2, 0],
  ],
  [
    'D68',
    'all copies together leave connections of PostgreSQL’s usual 100',
    () =>
      ofKind('HorizontalPodAutoscaler').at('spec', 'maxReplicas').number *
        (Number(SETTINGS.DATABASE_POOL.fallback) + 1) <
      97,
    true,
  ],
  [
    'D69',
    'secrets are mounted where the settings look',
    () =>
      config.keys
        .filter((name) => name.endsWith('_FILE'))
        .filter(
          (name) => !config.at(name).text.startsWith(`${of('volumeMounts').list[0]?.at('mountPath').text}/`),
        ),
    [],
  ],
  [
    'D70',
    'no secret’s value is in a manifest',
    () => objects.filter((one) => one.at('kind').text === 'Secret').length,
    0,
  ],
  [
    'D71',
    'a NetworkPolicy says who may come in and where it may go',
    () => ofKind('NetworkPolicy').at('spec', 'policyTypes').value,
    ['Ingress', 'Egress'],
  ],
]
test.each(RULES)('%s %s', (_, __, found, right) => {
  expect(found()).toEqual(right)
})

describe('on the real server', () => {
  let running: Service
  beforeAll(async () => {
    running = await startService({ NODE_ENV: 'production' })
  })
  afterAll(() => running.close())

  test.each(PROBES)('D72 the path of %s is there', async (probe) => {
    const path = of(probe, 'httpGet', 'path').text
    expect((await send(`${running.api}${path}`)).status).toBe(200)
  })

  test('D73 what the ingress lets in is there, and health and numbers are not let in', async () => {
    const paths = ofKind('Ingress')
      .at('spec', 'rules')
      .list.flatMap((rule) => rule.at('http', 'paths').list)
    const routes = paths.map((path) => path.at('path').text)
    expect(routes).toEqual(['/graphql', '/books', '/ide', '/.well-known/oauth-protected-resource'])
    for (const route of ['/graphql', '/books', '/ide/rules', '/.well-known/oauth-protected-resource'])
      expect((await send(`${running.api}${route}`)).status).not.toBe(404)
  })
})
