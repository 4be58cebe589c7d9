import { existsSync } from 'node:fs'

/** Where Debian, Ubuntu, Google's packages and macOS put it. */
export const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser of this machine; undefined if there is none. */
export const executablePath = PLACES.find(existsSync)
