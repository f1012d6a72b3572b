import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';

/** The last middleware of an app: an error is a status and a line of JSON. Express's own answer shows the stack to whoever asks. */
export function answerErrors(
  error: { readonly status?: number },
  _req: IncomingMessage,
  res: ServerResponse,
  next: (error: unknown) => void, // Express knows what is for errors by its four parameters
): void {
  // Half an answer is out: Express closes the connection.
  if (res.headersSent) return void next(error);
  const { status = 500 } = error;
  if (status >= 500) console.error(error);
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify({ error: STATUS_CODES[status] }));
}
