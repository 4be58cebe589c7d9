import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { SCOPES } from '../../../src/generated/scopes.ts'
import { startServerWithJobKeys } from '../../support/authorization-server/start-test-authorization-server.ts'
import { runCli } from '../../support/cli-process.ts'
import { type Service, startService } from '../../support/service.ts'
import { createTemporaryFolder } from '../../support/temporary-folder.ts'

const createKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const toPem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }))
const toJwk = (key: KeyObject, kid: string) => JSON.stringify({ ...key.export({ format: 'jwk' }), kid })
const publish = (key: KeyObject, kid: string) => {
  const { n, e } = key.export({ format: 'jwk' })
  return { kty: 'RSA', n, e, kid, use: 'sig', alg: 'RS256' }
}

const key = createKey()
const otherKey = createKey()
let issuer: Awaited<ReturnType<typeof startServerWithJobKeys>>
let service: Service
beforeAll(async () => {
  issuer = await startServerWithJobKeys(
    [publish(key, 'k1')],
    SCOPES.map(({ name }) => name),
  )
  service = await startService({}, { issuerUrl: issuer.url })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})

const listBooks = (settings: Record<string, string>, args: readonly string[] = []) =>
  runCli(['job', 'list', ...args], {
    OKTA_ISSUER: issuer.url,
    API_URL: service.apiUrl,
    OKTA_CLIENT_ID: 'fakebook-cron-key',
    ...settings,
  })

const keyFile = join(createTemporaryFolder(), 'key.pem')
writeFileSync(keyFile, toPem(key))

test.each([
  { id: 'job/K01', title: 'a JWK', settings: { OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1') }, args: [] },
  { id: 'job/K02', title: 'PEM', settings: { OKTA_CLIENT_PRIVATE_KEY: toPem(key) }, args: [] },
  { id: 'job/K03', title: 'a PEM file', settings: { OKTA_CLIENT_PRIVATE_KEY_FILE: keyFile }, args: [] },
  {
    id: 'job/K04',
    title: 'a JWK and DPoP, whose nonce takes a second request',
    settings: { OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1') },
    args: ['--dpop'],
  },
])('$id lists books with a token for $title', async ({ settings, args }) => {
  const { status, stdout, stderr } = await listBooks(settings, args)
  expect([status, stderr, stdout]).toEqual([0, '', expect.stringContaining('And Then There Were None')])
})

/** Sets the clock of a child process. */
const shiftClock = (hours: number) =>
  `--import data:text/javascript,${encodeURIComponent(`const{now}=Date;Date.now=()=>now()+${hours}*36e5`)}`

test.each([
  {
    id: 'job/K10',
    title: 'another key under the same kid',
    settings: { OKTA_CLIENT_PRIVATE_KEY: toJwk(otherKey, 'k1') },
    message:
      'The client_assertion signature is invalid. Check that the public key of OKTA_CLIENT_PRIVATE_KEY',
  },
  {
    id: 'job/K11',
    title: 'a kid that is not registered',
    settings: { OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k2') },
    message: 'The client_assertion JWT kid is invalid. Check that the public key of OKTA_CLIENT_PRIVATE_KEY',
  },
  {
    id: 'job/K12',
    title: 'an expired assertion',
    settings: { OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1'), NODE_OPTIONS: shiftClock(-1) },
    message: 'The client_assertion token is expired. Check the clock of this machine.',
  },
  {
    id: 'job/K13',
    title: 'an assertion from the future',
    settings: { OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1'), NODE_OPTIONS: shiftClock(1) },
    message: 'The client_assertion token must be issued before the current time. Check the clock',
  },
  {
    id: 'job/K14',
    title: 'a client that has a secret instead',
    settings: { OKTA_CLIENT_ID: 'fakebook-cron', OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1') },
    message: 'Either the client or the client credentials are invalid. Run "npm run doctor"',
  },
  {
    id: 'job/K15',
    title: 'a client that is not registered',
    settings: { OKTA_CLIENT_ID: 'fakebook-corn', OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1') },
    message: "Invalid value for 'client_id' parameter. Run",
  },
])('$id says what to check: $title', async ({ settings, message }) => {
  const { status, stdout, stderr } = await listBooks(settings)
  expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)])
  for (const secret of findKeyParts(settings.OKTA_CLIENT_PRIVATE_KEY)) expect(stderr).not.toContain(secret)
})

const findKeyParts = (text: string): readonly string[] => text.match(/[\w/+-]{40,}/g) ?? []

const SMALL_KEY = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const EC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const withMembers = (members: object) => JSON.stringify({ ...JSON.parse(toJwk(key, 'k1')), ...members })

test.each([
  {
    id: 'job/K20',
    title: 'no key',
    value: 'x'.repeat(64),
    message: /must be an unencrypted RSA private key/,
  },
  {
    id: 'job/K21',
    title: 'a public key',
    value: JSON.stringify(publish(key, 'k1')),
    message: /must be an unencrypted RSA private key/,
  },
  {
    id: 'job/K22',
    title: 'an EC key',
    value: toPem(EC_KEY),
    message: /must be an unencrypted RSA private key/,
  },
  {
    id: 'job/K23',
    title: 'an encrypted key',
    value: String(
      key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'passphrase' }),
    ),
    message: /must be an unencrypted RSA private key/,
  },
  {
    id: 'job/K24',
    title: 'a key of 1024 bits',
    value: toPem(SMALL_KEY),
    message: /must have at least 2048 bits/,
  },
  {
    id: 'job/K25',
    title: 'a JWK for PS256',
    value: withMembers({ alg: 'PS256' }),
    message: /must be for RS256 signatures/,
  },
  {
    id: 'job/K26',
    title: 'a JWK for encryption',
    value: withMembers({ use: 'enc' }),
    message: /must be for RS256 signatures/,
  },
  {
    id: 'job/K27',
    title: 'a number as kid',
    value: withMembers({ kid: 7 }),
    message: /must have a text as its kid/,
  },
  {
    id: 'job/K28',
    title: 'a key set',
    value: JSON.stringify({ keys: [JSON.parse(toJwk(key, 'k1'))] }),
    message: /must be an unencrypted RSA private key/,
  },
  { id: 'job/K29', title: 'JSON that ends early', value: toJwk(key, 'k1').slice(0, -1), message: /must be/ },
])('$id exits with 2 for $title and does not print it', async ({ value, message }) => {
  const { status, stdout, stderr } = await listBooks({ OKTA_CLIENT_PRIVATE_KEY: value })
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^ {2}OKTA_CLIENT_PRIVATE_KEY: must .*For example: OKTA_CLIENT_PRIVATE_KEY=/m)
  expect(stderr).toMatch(message)
  for (const secret of findKeyParts(value)) expect(stderr).not.toContain(secret)
})

test('job/K30 names both settings if a secret and a private key are set', async () => {
  const { status, stderr } = await listBooks({
    OKTA_CLIENT_SECRET: 'secret',
    OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1'),
  })
  expect([status, stderr]).toEqual([
    2,
    expect.stringContaining('OKTA_CLIENT_SECRET and OKTA_CLIENT_PRIVATE_KEY: must not both be set'),
  ])
})

test('job/K31 requires a client id beside the private key', async () => {
  const { status, stderr } = await listBooks({
    OKTA_CLIENT_ID: '',
    OKTA_CLIENT_PRIVATE_KEY: toJwk(key, 'k1'),
  })
  expect([status, stderr]).toEqual([
    2,
    expect.stringContaining('OKTA_CLIENT_ID and OKTA_CLIENT_PRIVATE_KEY: must be set together'),
  ])
})
