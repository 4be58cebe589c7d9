export async function goals(): Promise<string> { return '' }
