import { existsSync } from 'node:fs'

/** Paths of Chromium and Chrome on Debian, Ubuntu and macOS. */
export const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const DISABLED_FEATURES = ['gpu', 'quic', 'background-networking', 'component-update', 'sync']
/** Lets Chromium run as root and without a GPU, and stops its background requests. */
export const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--no-first-run',
  ...DISABLED_FEATURES.map((name) => `--disable-${name}`),
]

/** The path of the installed browser, or undefined. */
export const chromiumPath = CHROMIUM_PATHS.find(existsSync)
