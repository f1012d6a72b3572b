/** Why managed passwords refused. */
export type PasswordErrorCode =
  | 'too_short'
  | 'too_long'
  | 'identifier_invalid'
  | 'identifier_taken'
  | 'busy';

/** A password or identifier that cannot be set, or (`busy`) more waiting work than the server takes on. */
export class PasswordError extends Error {
  override readonly name = 'PasswordError';
  readonly code: PasswordErrorCode;

  constructor(code: PasswordErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
