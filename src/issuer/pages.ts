const escaped = (text: unknown) =>
  String(text ?? '').replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)

/** A whole page around its content. It loads nothing from anywhere and runs nothing. */
const page = (title: string, content: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:1rem system-ui;max-width:20rem;margin:4rem auto}label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}input,button{margin:.25rem 0 1rem;padding:.5rem}</style>
<main><h1>${title}</h1>
${content}
</main>
</html>`

/** What cannot be sent back to the application, as when its redirect address is not registered. */
export const errorPage = ({ error, error_description }: { error?: unknown; error_description?: unknown }) =>
  page('This cannot go on', `<p>${escaped(error_description)}</p>\n<p><code>${escaped(error)}</code></p>`)

/** The form where a person signs in. */
export const signInPage = (wrong: boolean) =>
  page(
    'Sign in',
    `${wrong ? '<p role="alert">That login and password do not belong together.</p>' : ''}
<form method="post">
<label for="login">Login</label><input id="login" name="login" type="email" autocomplete="username" required autofocus>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>`,
  )
