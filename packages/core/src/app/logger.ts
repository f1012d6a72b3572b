/** The shape of pino, winston and console: a context object, then a message. */
export interface Logger {
  debug(context: object, message: string): void;
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Logs warnings and errors as JSON lines on standard error; the rest is silent. */
export const defaultLogger: Logger = {
  debug() {},
  info() {},
  warn: (context, message) => write('warn', context, message),
  error: (context, message) => write('error', context, message),
};

function write(level: string, context: object, message: string): void {
  process.stderr.write(`${JSON.stringify({ level, message, ...context }, errorsAsText)}\n`);
}

// An Error has no enumerable members, so JSON would lose it. The stack stays out of request-bound lines on purpose:
// it can hold values of the host's own frames.
function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
