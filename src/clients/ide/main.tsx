import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './ide.css'
import { createRoot } from 'react-dom/client'
import { arrive } from './handle-callback.ts'
import { Ide } from './ide-app.tsx'
import { readSettings } from './ide-settings.ts'
import { keptSession } from './session-storage.ts'

const settings = readSettings(document.getElementById('settings')?.textContent ?? '')
const arrival = await arrive(settings)
const session = arrival?.kind === 'signed-in' ? arrival.session : keptSession()
const place = document.getElementById('ide')
if (place) createRoot(place).render(<Ide settings={settings} session={session} arrival={arrival} />)
