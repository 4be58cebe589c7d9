import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './ide.css'
import { createRoot } from 'react-dom/client'
import { handleCallback } from './handle-callback.ts'
import { IdeApp } from './ide-app.tsx'
import { parseIdeSettings } from './ide-settings.ts'
import { loadSession } from './session-storage.ts'

const settings = parseIdeSettings(document.getElementById('settings')?.textContent ?? '')
const arrival = await handleCallback(settings)
const session = arrival?.kind === 'signed-in' ? arrival.session : loadSession()
const place = document.getElementById('ide')
if (place) createRoot(place).render(<IdeApp settings={settings} session={session} callbackResult={arrival} />)
