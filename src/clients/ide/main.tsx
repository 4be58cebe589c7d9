import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './ide.css'
import { createRoot } from 'react-dom/client'
import { IdeApp } from './ide-app.tsx'
import type { IdeSettings } from './ide-settings.ts'
import { handleCallback, loadSession } from './sign-in.ts'

const settings: IdeSettings = JSON.parse(document.getElementById('settings')?.textContent ?? '')
const callbackResult = await handleCallback(settings)
const container = document.getElementById('ide')
if (container)
  createRoot(container).render(
    <IdeApp settings={settings} session={loadSession()} callbackResult={callbackResult} />,
  )
