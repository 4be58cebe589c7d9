import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './ide.css'
import { createRoot } from 'react-dom/client'
import { handleCallback } from './handle-callback.ts'
import { IdeApp } from './ide-app.tsx'
import { parseIdeSettings } from './ide-settings.ts'
import { loadSession } from './session-storage.ts'

const settings = parseIdeSettings(document.getElementById('settings')?.textContent ?? '')
const callbackResult = await handleCallback(settings)
const session = callbackResult?.kind === 'signed-in' ? callbackResult.session : loadSession()
const container = document.getElementById('ide')
if (container)
  createRoot(container).render(
    <IdeApp settings={settings} session={session} callbackResult={callbackResult} />,
  )
