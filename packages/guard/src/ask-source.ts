/** The source did not answer; nothing is known about the token. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
}

/** Marks whatever a source throws, so that it can never be mistaken for a bad token. */
export async function askSource<T>(question: () => T | Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    throw new SourceUnavailable('the source does not answer', { cause });
  }
}
