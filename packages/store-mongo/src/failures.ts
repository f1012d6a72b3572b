interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly writeErrors?: unknown;
  readonly errorLabels?: unknown;
  hasErrorLabel?(label: string): boolean;
}

const duplicate = 11_000;
const labels: readonly string[] = ['RetryableWriteError', 'RetryableReadError', 'RetryableError'];

// Codes of the retryable-reads and -writes specifications, and those that engines were seen to answer without a label while they
// recover: internal errors (1), conflicts of writes (112), and a connection of the engine's own that it lost (50463173).
const passing: ReadonlySet<unknown> = new Set([
  ...[1, 6, 7, 24, 43, 63, 89, 91, 112, 133, 134, 150, 189, 234, 246, 262, 317, 358, 384, 9001],
  ...[10058, 10107, 11600, 11602, 13388, 13435, 13436, 50463173],
]);

// Of the driver itself, without a code: what it sent may have been applied or not. A bulk write hides the name of its cause.
const ofTransport =
  /^Mongo(Network|Server(Selection|Closed)|.*Pool|WaitQueue|BulkWrite|UnexpectedServer)/;

/** Whether the `_id` was there already. By the code alone: engines differ in everything else. */
export function isDuplicate(error: unknown): boolean {
  return (error as Failure | undefined)?.code === duplicate;
}

/** Which of the documents of an insert was there already. */
export function duplicateAt(error: unknown): number {
  const { writeErrors } = error as Failure;
  const [first] = Array.isArray(writeErrors) ? writeErrors : [writeErrors];
  const index = (first as { readonly index?: unknown } | undefined)?.index;
  return typeof index === 'number' ? index : 0;
}

/** Whether the same command may succeed if it is sent again. */
export function isPassing(error: unknown): boolean {
  const failure = error as Failure | undefined;
  if (failure === undefined || isDuplicate(failure)) return false;
  if (labels.some((label) => failure.hasErrorLabel?.(label))) return true;
  if (failure.code !== undefined && failure.code !== null) return passing.has(failure.code);
  return ofTransport.test(String(failure.name));
}

// No permission, no time left, stopped by an operator: that says nothing about what the server can do.
const noAnswer: ReadonlySet<unknown> = new Set([13, 18, 50, 202, 8000, 11601]);

/** Whether the server answered that it cannot do this. */
export function isRefusal(error: unknown): boolean {
  const code = (error as Failure | undefined)?.code;
  return typeof code === 'number' && !noAnswer.has(code) && !isPassing(error);
}
