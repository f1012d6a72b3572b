/**
 * Refuses what is no string, so that an object from a request body never selects or names a record.
 *
 * @param path - What the value is called in the message, e.g. `by.id`.
 * @throws {TypeError} whose message holds the type of the value, and never the value.
 * @group store
 */
export function checkString(value: unknown, path: string): asserts value is string {
  if (typeof value !== 'string') throw wrong(path, 'a string', value);
}

/**
 * Refuses what is no time.
 *
 * @group store
 */
export function checkNumber(value: unknown, path: string): asserts value is number {
  if (!Number.isFinite(value)) throw wrong(path, 'a finite number', value);
}

/**
 * Refuses what cannot count something: no limit, no revision.
 *
 * @group store
 */
export function checkCount(value: unknown, path: string): asserts value is number {
  if (!Number.isSafeInteger(value) || Number(value) < 1) {
    throw wrong(path, 'a whole number of 1 or more', value);
  }
}

/**
 * Refuses what is no object.
 *
 * @group store
 */
export function checkObject(value: unknown, path: string): asserts value is object {
  if (typeof value !== 'object' || value === null) throw wrong(path, 'an object', value);
}

/**
 * Refuses what is no list.
 *
 * @group store
 */
export function checkList(value: unknown, path: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(path, 'an array', value);
}

// The value stays out of the message: it may be a secret.
function wrong(path: string, expected: string, value: unknown): TypeError {
  return new TypeError(
    `${path} must be ${expected}, got ${value === null ? 'null' : typeof value}`,
  );
}
